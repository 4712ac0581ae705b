// The command line. Exit codes: 0 fine, 1 refused at run time, 2 bad usage or bad configuration.
#pragma once

#include <functional>
#include <iosfwd>

#include "config/load.hpp"

namespace server::cli {

inline constexpr int fine = 0;
inline constexpr int refused = 1;
inline constexpr int bad_usage = 2;

struct Surroundings {
    std::ostream& out;
    std::ostream& err;
    config::Environment environment;
    // Runs the server in the foreground on what `source` says, until it is told to leave. Returns the exit code.
    std::function<int(const config::Source& source)> serve;
};

int run(int argc, const char* const* argv, const Surroundings& surroundings);

}  // namespace server::cli
