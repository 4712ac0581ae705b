#include "server/serve_http.hpp"

#include <algorithm>

namespace server {

std::vector<http::Place> http_places(const config::Config& config) {
    const config::AdminLimits& limits = config.admin.limits;
    const http::GateSettings gate{config.admin.token, limits.requests_per_second_per_source,
                                  limits.wrong_tokens_per_minute_per_source};
    std::vector<http::Place> places{
        {config.admin.listen, {true, config.metrics.same, gate, true, config.admin.console}}};
    if (!config.metrics.same) { places.push_back({config.metrics.listen, {false, true, {}, false, false}}); }
    return places;
}

http::Limits http_limits(const config::Config& config) {
    http::Limits limits;
    limits.connections = config.admin.limits.connections;
    limits.events.clients = std::clamp<std::size_t>(limits.connections / 4, 1, limits.events.clients);
    return limits;
}

std::vector<std::string> http_addresses(const std::vector<base::Endpoint>& bound) {
    std::vector<std::string> addresses;
    for (const base::Endpoint& at : bound) {
        addresses.push_back("http://" + at.to_string() + (addresses.empty() ? "" : "/metrics"));
    }
    return addresses;
}

}  // namespace server
