// A row of the routing table: which method on which path is answered how; and the search in a table of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/exchange.hpp"
#include "server/http/target.hpp"

namespace server::http {

class Api;

// A request whose route is known.
struct Asked {
    const Request& request;
    const Target& target;
    std::vector<std::string> named;  // what stands in the path for each {…} of the pattern, in its order
};

struct Route {
    // What of a listener's surface it belongs to. Only what stands below /api/ needs a token.
    enum class Part : std::uint8_t { probe, metrics, phone, console, api };

    const char* method;   // GET answers HEAD as well
    const char* pattern;  // "/api/v1/calls/{id}"
    Part part;
    void (Api::*answer)(const Asked& asked, Respond respond) const;
};

struct FoundRoute {
    const Route* route = nullptr;
    std::vector<std::string> named;
    std::string allowed;  // without a route: methods of those that have this path, "GET, HEAD, DELETE"; empty: none has
};

// The first row that fits.
FoundRoute find_route(std::span<const Route> table, std::string_view method, const std::vector<std::string>& path);

}  // namespace server::http
