#include "server/http/phone.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "server/http/assets.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace {

namespace json = boost::json;

// Without the port; empty where it is no host: it is repeated in a header of ours.
std::string_view name_of(std::string_view host) {
    const auto is_plain = [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view{".-:[]"}.find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!std::all_of(host.begin(), host.end(), is_plain)) { return {}; }
    if (host.starts_with('[')) { return host.substr(0, host.find(']') + 1); }
    return host.substr(0, host.find(':'));
}

// "//" to the port
std::string_view authority_of(std::string_view address) { return address.substr(address.find("//") + 2); }

bool is_v6_literal(std::string_view address) { return authority_of(address).starts_with('['); }

// Sources of a policy cannot be IPv6 literals (CSP Level 3 §2.3.1): there the scheme has to do.
std::string policy(std::string_view websocket) {
    std::string connect{"'self'"};
    if (!websocket.empty()) {
        connect += ' ';
        connect += is_v6_literal(websocket) ? websocket.substr(0, websocket.find(':') + 1) : websocket;
    }
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src " + connect +
           "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

json::array array_of(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

Response settings(const ServerFacts& facts, const std::string& websocket) {
    const std::string host{name_of(websocket.empty() ? std::string_view{} : authority_of(websocket))};
    return json_response(json::object{{"websocket", websocket},
                                      {"domain", facts.domain.empty() ? host : facts.domain},
                                      {"users", array_of(facts.demo.users)},
                                      {"password", facts.demo.password},
                                      {"numbers", array_of(facts.demo.numbers)}});
}

}  // namespace

std::string websocket_for(const std::vector<std::string>& listeners, std::string_view host) {
    const auto preference = [](std::string_view address) {
        const bool secured = address.starts_with("wss://");  // with a certificate that this browser may not believe
        if (!secured && !address.starts_with("ws://")) { return 0; }
        return 1 + (secured ? 0 : 2) + (is_v6_literal(address) ? 0 : 1);
    };
    const auto best = std::max_element(listeners.begin(), listeners.end(),
                                       [&](const auto& a, const auto& b) { return preference(a) < preference(b); });
    if (best == listeners.end() || preference(*best) == 0) { return {}; }
    for (const std::string_view any : {"//0.0.0.0:", "//[::]:"}) {
        const std::size_t at = best->find(any);
        if (at == std::string::npos) { continue; }
        const std::string_view name = name_of(host);
        if (name.empty()) { return {}; }
        return best->substr(0, at) + "//" + std::string{name} + best->substr(at + any.size() - 1);
    }
    return *best;
}

Response phone_page(std::string_view file, const Request& request, const ServerFacts& facts) {
    const std::string websocket = websocket_for(facts.listeners, request.host);
    if (file == "settings.json") { return settings(facts, websocket); }
    return asset_response(phone_assets(), file, request, policy(websocket));
}

}  // namespace server::http
