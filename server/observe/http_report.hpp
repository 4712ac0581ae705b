// What HTTP counted, by the names of the metrics.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "base/histogram.hpp"

namespace server {

inline constexpr std::array<double, 7> http_bounds{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10};  // seconds

struct HttpReport {
    std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> requests;  // method, route, status
    base::Histogram<http_bounds> seconds;
    std::map<std::string, std::uint64_t> refused;      // reason
    std::map<std::string, std::uint64_t> connections;  // listener
};

}  // namespace server
