#include "server/serve_start.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <thread>
#include <tuple>

#include "config/embedded.hpp"
#include "server/http/phone.hpp"
#include "server/serve_store.hpp"
#include "sip/io/socket_address.hpp"

namespace server {

namespace {

// Containers often come without IPv6.
bool has_address(const base::IpAddress& address) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor probe{context};
    const auto endpoint = sip::to_tcp({address, 0});
    boost::system::error_code error;
    probe.open(endpoint.protocol(), error);
    if (!error) { probe.bind(endpoint, error); }
    return !error;
}

// "^music$" → "music"; empty for an expression that is no plain word.
std::string plain_number(const std::string& pattern) {
    if (pattern.size() < 3 || pattern.front() != '^' || pattern.back() != '$') { return {}; }
    const std::string word = pattern.substr(1, pattern.size() - 2);
    const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
    return plain ? word : std::string{};
}

// Not one that the operator has set, which is nobody else's business.
bool is_known_to_all(const config::User& user) { return user.password == config::embedded_password; }

// The softphone pages of the demo users; empty where no browser can connect.
std::string what_to_open(const ServerFacts& facts) {
    if (facts.demo.users.empty() || http::websocket_for(facts.listeners, "localhost").empty()) { return {}; }
    std::string text = "or open in a browser\n";
    for (const std::string& user : facts.demo.users) { text += "    " + facts.admin + "/phone?user=" + user + '\n'; }
    return text;
}

}  // namespace

unsigned worker_count(const config::Config& config) {
    const unsigned wanted = config.server.workers != 0 ? config.server.workers : std::thread::hardware_concurrency();
    return std::clamp(wanted, 1U, max_workers);
}

std::vector<Listener> sip_listeners(const config::Config& config) {
    std::vector<Listener> listeners;
    for (const auto& wanted : config.sip.listen) {
        listeners.push_back({sip::parse_transport(wanted.transport).value_or(sip::Transport::udp), wanted.endpoint});
    }
    const base::IpAddress loopback6 = *base::IpAddress::parse("::1");
    if (config.sip.listen_by_default && has_address(loopback6)) {
        for (std::size_t i = 0; i < config.sip.listen.size(); ++i) {
            listeners.push_back({listeners[i].transport, {loopback6, listeners[i].endpoint.port}});
        }
    }
    return listeners;
}

std::vector<std::string> restart_needed(const config::Config& running, const config::Config& next) {
    std::vector<std::string> keys;
    const auto compare = [&](const char* key, const auto& before, const auto& after) {
        if (before != after) { keys.emplace_back(key); }
    };
    const auto limits = [](const config::SipLimits& of) {
        return std::tuple{of.message, of.connections, of.connections_per_source, of.idle, of.partial_message};
    };
    const auto store = [](const config::Config& of) { return keeps_registrations(of) ? of.server.state_dir : ""; };
    const auto records = [](const config::Config& of) {
        const bool sqlite = of.cdr.store == config::RecordStore::sqlite;
        return std::tuple{of.cdr.store, of.cdr.url, of.cdr.retention, sqlite ? of.server.state_dir : ""};
    };
    compare("registrar.store", store(running), store(next));
    compare("cdr", records(running), records(next));
    compare("server.name", running.server.name, next.server.name);
    compare("server.workers", running.server.workers, next.server.workers);
    compare("sip.timers.t1", running.sip.timers.t1, next.sip.timers.t1);
    compare("sip.limits", limits(running.sip.limits), limits(next.sip.limits));
    compare("media.ports", std::pair{running.media.ports.first, running.media.ports.last},
            std::pair{next.media.ports.first, next.media.ports.last});
    compare("media.ice_tcp", std::pair{running.media.ice_tcp.enabled, running.media.ice_tcp.port},
            std::pair{next.media.ice_tcp.enabled, next.media.ice_tcp.port});
    compare("media.quarantine", running.media.quarantine, next.media.quarantine);
    compare("admin.limits.connections", running.admin.limits.connections, next.admin.limits.connections);
    return keys;
}

ServerFacts make_facts(const config::Config& config) {
    ServerFacts facts{config.server.name, 0, {}, std::chrono::system_clock::now(), {}, {}, {}};
    if (!config.sip.domains.empty()) { facts.domain = config.sip.domains.front(); }
    if (!config.embedded_defaults) { return facts; }
    for (const auto& [name, user] : config.users) {
        if (!is_known_to_all(user)) { continue; }
        facts.demo.users.push_back(name);
        facts.demo.password = user.password;
    }
    for (const config::Route& route : config.routes) {
        std::string number = plain_number(route.to);
        if (!number.empty()) { facts.demo.numbers.push_back(std::move(number)); }
    }
    return facts;
}

std::string what_to_dial(const config::Config& config, const std::vector<Listener>& listeners,
                         const ServerFacts& facts) {
    const std::string at = listeners.empty() ? std::string{} : listeners.front().endpoint.to_string();
    std::string text = "No configuration file: running on embedded defaults. Dial\n";
    for (const config::Route& route : config.routes) {
        const std::string number = plain_number(route.to);
        if (number.empty()) { continue; }
        text += "    sip:" + number + "@" + at;
        for (const std::string& target : route.target) { text += "    " + target; }
        text += '\n';
    }
    text += "as one of these users, who may register here, too:\n";
    for (const auto& [name, user] : config.users) {
        text += "    " + name + (is_known_to_all(user) ? ", password " + user.password : "") + '\n';
    }
    return text + what_to_open(facts) + "Every setting: holdfast config-reference";
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) { return; }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::string to_text(const Listener& listener) {
    return std::string{sip::to_text(listener.transport)} + "://" + listener.endpoint.to_string();
}

}  // namespace server
