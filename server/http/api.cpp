#include "server/http/api.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace {

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// "localhost" or an address, with or without a port: names of others may be pointed at us by their owners.
bool is_own_host(std::string_view host) {
    if (base::Endpoint::parse(host) || base::IpAddress::parse(host)) { return true; }
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') { return true; }
    return base::iequals(host.substr(0, host.find(':')), "localhost");
}

bool is_of_api(const std::vector<std::string>& path) { return path.size() > 2 && path[0] == "api" && path[1] == "v1"; }

Response wrong_method(std::string allowed) {
    Response response = problem(405);
    response.headers.emplace_back("Allow", std::move(allowed));
    return response;
}

}  // namespace

Api::Api(Control& control, Surface surface, Home home)
    : control_{control}, surface_{std::move(surface)}, home_{std::move(home)} {
    std::ranges::copy_if(routes(), std::back_inserter(served_), [&](const Route& route) { return serves(route.part); });
}

bool Api::serves(Route::Part part) const {
    switch (part) {
        case Route::Part::probe:
            return true;
        case Route::Part::metrics:
            return surface_.metrics;
        case Route::Part::phone:
            return surface_.phone;
        case Route::Part::console:
            return surface_.console;
        case Route::Part::api:
            return surface_.api;
    }
    return false;
}

// Strangers are not told what there is in the API, nor by which methods.
void Api::answer(const Request& request, Respond respond) const {
    const auto target = Target::parse(request.target);
    if (!target) { return respond(problem(400, "the request target cannot be read")); }
    if (surface_.api && is_of_api(target->path)) {
        if (auto refusal = refuse(request)) { return respond(std::move(*refusal)); }
    }
    FoundRoute found = find_route(served_, request.method, target->path);
    if (found.route) {
        const Asked asked{request, *target, std::move(found.named)};
        return (this->*found.route->answer)(asked, std::move(respond));
    }
    respond(found.allowed.empty() ? problem(404) : wrong_method(std::move(found.allowed)));
}

std::optional<Response> Api::refuse(const Request& request) const {
    if (!surface_.token.empty()) {
        constexpr std::string_view scheme = "Bearer ";
        const std::string_view given = request.authorization;
        const bool bearer = given.size() > scheme.size() && base::iequals(given.substr(0, scheme.size()), scheme);
        if (bearer && same_secret(given.substr(scheme.size()), surface_.token)) { return std::nullopt; }
        Response response = problem(401, "a bearer token is needed");
        response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"holdfast\"");
        return response;
    }
    // Without a token only loopback keeps strangers out, and a web page in a browser on this machine is a stranger.
    if (!request.host.empty() && !is_own_host(request.host)) {
        return problem(403, "without a token the API answers to localhost and addresses only");
    }
    if (!request.origin.empty() && request.origin != "http://" + request.host) {
        return problem(403, "without a token the API does not answer web pages of others");
    }
    return std::nullopt;
}

}  // namespace server::http
