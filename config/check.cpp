#include "config/check.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include "config/nearest.hpp"
#include "config/pattern.hpp"
#include "config/tls_check.hpp"
#include "config/values.hpp"

namespace config {

namespace {

std::string item(const std::string& list, std::size_t index) { return list + '[' + std::to_string(index) + ']'; }

template <class Map>
std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) { names.push_back(name); }
    return names;
}

template <class Map>
void check_name(const Map& map, std::string_view kind, const std::string& name, const std::string& key,
                Report& report) {
    if (map.contains(name)) { return; }
    std::string what = "there is no ";
    what.append(kind).append(" ").append(in_quotes(name)).append(", expected the name of one");
    report.error_at(key, what + suggestion(name, names_of(map)));
}

std::optional<Pattern> check_pattern(const std::string& text, const std::string& key, Report& report) {
    std::string why;
    auto pattern = Pattern::compile(text, why);
    if (!pattern) {
        report.error_at(key, in_quotes(text) + " is no regular expression: " + why + ", expected ECMAScript syntax");
    }
    return pattern;
}

void check_records(const Config& config, Report& report) {
    if (config.cdr.store == RecordStore::postgresql && config.cdr.url.empty()) {
        report.error_at("cdr.store", "postgresql is nowhere, expected its URL as cdr.url");
    }
}

// --- routes

void check_from(const Config& config, const std::string& from, const std::string& key, Report& report) {
    if (from.empty() || from == "trunk:*" || from == "user:*") { return; }
    if (from.starts_with("trunk:")) {
        check_name(config.trunks, "trunk", from.substr(6), key, report);
    } else if (from.starts_with("user:")) {
        check_name(config.users, "user", from.substr(5), key, report);
    } else {
        report.error_at(key, in_quotes(from) + " does not fit, expected trunk:NAME, trunk:*, user:NAME or user:*");
    }
}

void check_target(const Config& config, const std::string& target, const std::string& key, Report& report) {
    static const std::vector<std::string> apps{"music", "echo", "milliwatt"};
    if (target.starts_with("trunk:")) {
        const std::string name = target.substr(6);
        check_name(config.trunks, "trunk", name, key, report);
        const auto trunk = config.trunks.find(name);
        if (trunk != config.trunks.end() && trunk->second.peers.empty()) {
            report.error_at(key, "the trunk " + in_quotes(name) + " has no peers, expected trunks." + name + ".peers");
        }
    } else if (target.starts_with("user:")) {
        if (target != "user:*") { check_name(config.users, "user", target.substr(5), key, report); }
    } else if (target.starts_with("app:")) {
        const std::string name = target.substr(4);
        if (std::find(apps.begin(), apps.end(), name) != apps.end()) { return; }
        report.error_at(
            key, "there is no app " + in_quotes(name) + ", expected music, echo or milliwatt" + suggestion(name, apps));
    } else if (!is_sip_uri(target)) {
        report.error_at(key,
                        in_quotes(target) +
                            " does not fit, expected trunk:NAME, user:NAME, app:NAME or a URI such as sip:bob@host");
    }
}

void check_routes(const Config& config, Report& report) {
    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        const Route& route = config.routes[i];
        const std::string key = item("routes", i);
        check_from(config, route.from, key + ".from", report);
        check_pattern(route.to, key + ".to", report);
        for (std::size_t j = 0; j < route.target.size(); ++j) {
            check_target(config, route.target[j], item(key + ".target", j), report);
        }
    }
}

// --- trunks

void check_rules(const std::vector<NumberRule>& rules, const std::string& list, Report& report) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto pattern = check_pattern(rules[i].match, item(list, i) + ".match", report);
        if (!pattern) { continue; }
        const std::string& replace = rules[i].replace;
        for (std::size_t at = replace.find('\\'); at < replace.size(); at = replace.find('\\', at + 2)) {
            const char digit = at + 1 < replace.size() ? replace[at + 1] : '?';
            const bool group =
                digit >= '0' && digit <= '9' && static_cast<std::size_t>(digit - '0') <= pattern->groups();
            if (group || digit == '\\') { continue; }
            report.error_at(item(list, i) + ".replace", in_quotes(replace) + " names the group \\" + digit +
                                                            ", expected \\0 to \\" + std::to_string(pattern->groups()));
        }
    }
}

void check_networks(const Config& config, Report& report) {
    std::map<base::Subnet, std::string> owners;
    for (const auto& [name, trunk] : config.trunks) {
        for (std::size_t i = 0; i < trunk.allow.size(); ++i) {
            const auto [owner, added] = owners.emplace(trunk.allow[i], name);
            if (added) { continue; }
            report.error_at(item("trunks." + name + ".allow", i), trunk.allow[i].to_string() +
                                                                      " is already allowed by trunks." + owner->second +
                                                                      ", expected each network once");
        }
    }
}

void check_codecs(const std::vector<std::string>& codecs, const std::string& key, Report& report) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < codecs.size(); ++i) {
        if (!seen.insert(codecs[i]).second) {
            report.error_at(item(key, i), codecs[i] + " is given twice, expected once");
        }
    }
}

void check_music(const Hold& hold, const std::string& key, Report& report) {
    if (hold.music == "builtin" || hold.music.starts_with("sip:")) { return; }
    std::error_code failure;
    if (std::filesystem::is_regular_file(hold.music, failure)) { return; }
    report.warn_at(key, in_quotes(hold.music) + " is not there, the built-in tune is played instead");
}

void check_trunk(const std::string& key, const Trunk& trunk, const Hold& global, Report& report) {
    if (trunk.auth && (trunk.auth->user.empty() || trunk.auth->password.empty())) {
        const std::string missing = trunk.auth->user.empty() ? "user" : "password";
        report.error_at(key + ".auth." + missing, "is missing, expected user and password together");
    }
    check_rules(trunk.numbers_to, key + ".numbers.to", report);
    check_rules(trunk.numbers_from, key + ".numbers.from", report);
    check_codecs(trunk.codecs, key + ".media.codecs", report);
    if (trunk.hold.music != global.music) { check_music(trunk.hold, key + ".hold.music", report); }
}

void check_user(const std::string& key, const User& user, const Hold& global, Report& report) {
    check_codecs(user.codecs, key + ".codecs", report);
    if (user.hold.music != global.music) { check_music(user.hold, key + ".hold.music", report); }
}

// --- ports

// What its socket is.
std::string kind_of(const std::string& transport) { return transport == "udp" ? "udp" : "tcp"; }

bool collide(const base::Endpoint& a, const base::Endpoint& b) {
    if (a.port == 0 || a.port != b.port || a.address.is_v6() != b.address.is_v6()) { return false; }
    return a.address == b.address || a.address.is_unspecified() || b.address.is_unspecified();
}

struct Bound {
    std::string key;
    std::string kind;  // "udp", "tcp"
    base::Endpoint endpoint;
};

std::vector<Bound> all_bound(const Config& config) {
    std::vector<Bound> bound;
    for (std::size_t i = 0; i < config.sip.listen.size(); ++i) {
        bound.push_back(
            {item("sip.listen", i), kind_of(config.sip.listen[i].transport), config.sip.listen[i].endpoint});
    }
    bound.push_back({"admin.listen", "tcp", config.admin.listen});
    if (!config.metrics.same) { bound.push_back({"metrics.listen", "tcp", config.metrics.listen}); }
    return bound;
}

void check_ports(const Config& config, Report& report) {
    const std::vector<Bound> bound = all_bound(config);
    const PortRange& ports = config.media.ports;
    for (std::size_t i = 0; i < bound.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (bound[i].kind != bound[j].kind || !collide(bound[i].endpoint, bound[j].endpoint)) { continue; }
            report.error_at(bound[i].key, bound[i].endpoint.to_string() + " is taken by " + bound[j].key +
                                              ", expected another address or port");
        }
        const std::uint16_t port = bound[i].endpoint.port;
        if (bound[i].kind == "udp" && port >= ports.first && port <= ports.last) {
            report.error_at(bound[i].key,
                            "port " + std::to_string(port) + " lies in media.ports, expected one outside of it");
        }
    }
}

void check_limits(const Config& config, Report& report) {
    if (config.sip.limits.connections_per_source > config.sip.limits.connections) {
        report.error_at("sip.limits.connections_per_source", "exceeds sip.limits.connections, expected at most " +
                                                                 std::to_string(config.sip.limits.connections));
    }
    if (!config.admin.listen.address.is_loopback() && config.admin.token.empty()) {
        report.error_at("admin.listen", config.admin.listen.to_string() +
                                            " is not loopback, expected a token in admin.token to serve it there");
    }
    if (config.media.audio_codecs.empty()) {
        report.error_at("media.codecs.audio", "is empty, expected at least one codec");
    }
    if (config.registrar.digest.empty()) {
        report.error_at("registrar.digest", "is empty, expected at least one algorithm");
    }
}

}  // namespace

void check(const Config& config, Report& report) {
    check_ports(config, report);
    check_limits(config, report);
    check_tls(config, report);
    check_codecs(config.media.audio_codecs, "media.codecs.audio", report);
    if (config.sip.timers.session_expires < config.sip.timers.min_se) {
        report.error_at("sip.timers.session_expires", "is shorter than sip.timers.min_se, expected at least as long");
    }
    check_music(config.hold, "hold.music", report);
    for (const auto& [name, trunk] : config.trunks) { check_trunk("trunks." + name, trunk, config.hold, report); }
    for (const auto& [name, user] : config.users) { check_user("users." + name, user, config.hold, report); }
    check_networks(config, report);
    check_routes(config, report);
    check_records(config, report);
}

void fill_in(Config& config) {
    if (!config.sip.listen.empty()) { return; }
    const base::IpAddress loopback = base::IpAddress::v4({127, 0, 0, 1});
    config.sip.listen = {{"udp", {loopback, 5060}}, {"tcp", {loopback, 5060}}, {"ws", {loopback, 8080}}};
    config.sip.listen_by_default = true;
}

}  // namespace config
