// What a configuration asks of the HTTP server: where, and what is offered there.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "server/http/server.hpp"

namespace server {

// The place of the API first; where metrics have none of their own, they are offered there.
std::vector<http::Place> http_places(const config::Config& config);
http::Limits http_limits(const config::Config& config);
// As they are told to people: "http://127.0.0.1:9060", "http://127.0.0.1:9061/metrics".
std::vector<std::string> http_addresses(const std::vector<base::Endpoint>& bound);

}  // namespace server
