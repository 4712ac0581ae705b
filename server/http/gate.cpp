#include "server/http/gate.hpp"

#include <openssl/crypto.h>

#include <utility>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace {

using namespace std::chrono_literals;

constexpr unsigned seconds_in_hand = 5;

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool shows(std::string_view authorization, std::string_view token) {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.size() <= scheme.size()) { return false; }
    const bool bearer = base::iequals(authorization.substr(0, scheme.size()), scheme);
    return bearer && same_secret(authorization.substr(scheme.size()), token);
}

// "localhost" or an address, with or without a port: names of others may be pointed at us by their owners.
bool is_own_host(std::string_view host) {
    if (base::Endpoint::parse(host) || base::IpAddress::parse(host)) { return true; }
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') { return true; }
    return base::iequals(host.substr(0, host.find(':')), "localhost");
}

Response refusal(unsigned status, std::string_view detail, std::string_view reason) {
    Response response = problem(status, detail);
    response.refusal = reason;
    return response;
}

Response later(base::Duration wait, std::string_view detail, std::string_view reason) {
    Response response = refusal(429, detail, reason);
    response.headers.emplace_back("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
    return response;
}

// Without a token only loopback keeps strangers out, and a web page in a browser on this machine is a stranger.
std::optional<Response> check_page(const Request& request) {
    if (!request.host.empty() && !is_own_host(request.host)) {
        return refusal(403, "without a token the API answers to localhost and addresses only", "host");
    }
    if (!request.origin.empty() && request.origin != "http://" + request.host) {
        return refusal(403, "without a token the API does not answer web pages of others", "origin");
    }
    return std::nullopt;
}

}  // namespace

Gate::Gate(GateSettings settings)
    : token_{std::move(settings.token)},
      requests_{{seconds_in_hand * settings.requests_per_second, base::Duration{1s} / settings.requests_per_second}},
      wrong_tokens_{{settings.wrong_tokens_per_minute, base::Duration{1min} / settings.wrong_tokens_per_minute}} {}

std::optional<Response> Gate::refuse(const Request& request) {
    if (auto refused = throttle(request)) { return refused; }
    return token_.empty() ? check_page(request) : check_token(request);
}

std::optional<Response> Gate::throttle(const Request& request) {
    const auto& source = request.source.address;
    const base::Duration guessed = wrong_tokens_.blocked_for(request.at, source);
    if (guessed > base::Duration{}) { return later(guessed, "too many wrong tokens of this source", "wrong_tokens"); }
    const base::Duration asked = requests_.blocked_for(request.at, source);
    if (asked > base::Duration{}) { return later(asked, "too many requests of this source", "rate"); }
    requests_.spend(request.at, source);
    return std::nullopt;
}

// Who shows none has guessed none: a browser comes so before its reader was asked.
std::optional<Response> Gate::check_token(const Request& request) {
    if (shows(request.authorization, token_)) { return std::nullopt; }
    const bool none = request.authorization.empty();
    if (!none) { wrong_tokens_.spend(request.at, request.source.address); }
    Response response = refusal(401, "a bearer token is needed", none ? "no_token" : "wrong_token");
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"holdfast\"");
    return response;
}

}  // namespace server::http
