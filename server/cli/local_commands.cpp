// check and route: they read the configuration themselves and ask no server.
#include <boost/json.hpp>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "config/nearest.hpp"
#include "server/cli/commands.hpp"
#include "server/routing/router.hpp"

namespace server::cli {

namespace {

constexpr std::string_view default_name = "(embedded defaults)";

// Prints what is wrong; nullopt where the configuration cannot be used.
std::optional<config::Config> load_or_complain(const config::Source& source, const Surroundings& to) {
    config::Loaded loaded = config::load(source);
    for (const std::string& error : loaded.errors) { to.err << error << '\n'; }
    for (const std::string& warning : loaded.warnings) { to.err << "warning: " << warning << '\n'; }
    if (!loaded.ok()) { return std::nullopt; }
    return std::move(loaded.config);
}

// The user part of a URI, or all of a text that is none: `--to +4930123`.
std::string user_of(const std::string& text) {
    const auto uri = sip::Uri::parse(text);
    return uri ? uri->user : text;
}

// Fills in where the call comes from. Empty, or what is wrong with the arguments.
std::string find_caller(const config::Config& config, const Routing& routing, const RouteArguments& arguments,
                        RouteQuery& query) {
    query.trunk = arguments.trunk;
    if (!arguments.source.empty()) {
        const auto address = base::IpAddress::parse(arguments.source);
        if (!address) { return "--source: \"" + arguments.source + "\" is no address"; }
        const Trunk* const trunk = routing.trunk_of(*address);
        if (trunk && query.trunk.empty()) { query.trunk = trunk->name(); }
    }
    if (!query.trunk.empty() && !routing.trunk(query.trunk)) {
        std::vector<std::string> names;
        for (const auto& [name, trunk] : config.trunks) { names.push_back(name); }
        return "--trunk: there is no trunk \"" + query.trunk + "\"" + config::suggestion(query.trunk, names);
    }
    const std::string caller = plain_user(user_of(arguments.from));
    if (query.trunk.empty() && config.users.contains(caller)) { query.user = caller; }
    return {};
}

// An INVITE that would be tried.
struct Attempt {
    std::string uri;
    std::string caller;  // user part of From
    std::map<std::string, std::string> headers;
};

// In order. `caller`: the number of the one who calls, before its trunk's rules.
std::vector<Attempt> attempts(const Routing& routing, const RouteResult& result, const RouteQuery& query,
                              const std::string& caller) {
    base::SystemRandom random;
    const Trunk* const from = query.trunk.empty() ? nullptr : routing.trunk(query.trunk);
    const std::string shown = from ? from->rewrite_from(caller) : caller;
    std::vector<Attempt> all;
    for (const Target& target : result.targets) {
        if (target.kind == Target::Kind::uri) { all.push_back({target.name, shown, {}}); }
        if (target.kind != Target::Kind::trunk) { continue; }
        const Trunk& trunk = *routing.trunk(target.name);
        for (const sip::Uri& uri : trunk.request_uris(query.to, random)) {
            all.push_back({uri.to_string(), shown, trunk.settings().headers_add});
        }
    }
    return all;
}

void print_text(const std::vector<Attempt>& attempts, std::ostream& out) {
    for (const Attempt& attempt : attempts) {
        out << "INVITE " << attempt.uri << '\n';
        if (!attempt.caller.empty()) { out << "  From: " << attempt.caller << '\n'; }
        for (const auto& [name, value] : attempt.headers) { out << "  " << name << ": " << value << '\n'; }
    }
}

boost::json::value or_null(const std::string& text) {
    if (text.empty()) { return nullptr; }
    return boost::json::value(text);  // braces would make it an array
}

boost::json::object to_json(const Attempt& attempt) {
    boost::json::object headers;
    for (const auto& [name, value] : attempt.headers) { headers[name] = value; }
    boost::json::object object;
    object["uri"] = attempt.uri;
    object["from"] = or_null(attempt.caller);
    object["headers"] = std::move(headers);
    return object;
}

void print_json(const RouteQuery& query, const RouteResult& result, const std::vector<Attempt>& attempts,
                std::ostream& out) {
    boost::json::array targets;
    for (const Target& target : result.targets) {
        const std::string_view prefix = target.kind == Target::Kind::trunk  ? "trunk:"
                                        : target.kind == Target::Kind::user ? "user:"
                                        : target.kind == Target::Kind::app  ? "app:"
                                                                            : "";
        targets.emplace_back(std::string{prefix} + target.name);
    }
    boost::json::object object;
    object["to"] = query.to;
    object["trunk"] = or_null(query.trunk);
    object["user"] = or_null(query.user);
    object["route"] = or_null(result.name);
    object["targets"] = std::move(targets);
    boost::json::array requests;
    for (const Attempt& attempt : attempts) { requests.emplace_back(to_json(attempt)); }
    object["requests"] = std::move(requests);
    out << boost::json::serialize(object) << '\n';
}

}  // namespace

int check(const config::Source& source, const Surroundings& to) {
    if (!load_or_complain(source, to)) { return bad_usage; }
    to.out << (source.file ? *source.file : std::string{default_name}) << ": fine\n";
    return fine;
}

int route(const config::Source& source, const RouteArguments& arguments, const Surroundings& to) {
    const auto config = load_or_complain(source, to);
    if (!config) { return bad_usage; }
    const auto routing = Routing::make(*config);
    RouteQuery query;
    if (const std::string wrong = find_caller(*config, *routing, arguments, query); !wrong.empty()) {
        to.err << wrong << '\n';
        return bad_usage;
    }
    query.to = routing->rewrite_to(query.trunk, user_of(arguments.to));
    const RouteResult result = routing->route(query);
    const auto tried = attempts(*routing, result, query, plain_user(user_of(arguments.from)));
    if (arguments.json) {
        print_json(query, result, tried, to.out);
    } else {
        to.out << routing->explain(query);
        print_text(tried, to.out);
    }
    return result.route ? fine : refused;
}

}  // namespace server::cli
