// One instant by both clocks: what the cores tell by the steady one is shown by the other.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace server::capture {

struct Clocks {
    base::Instant instant;
    std::chrono::system_clock::time_point wall;

    static Clocks now() { return {base::Clock::now(), std::chrono::system_clock::now()}; }
    std::chrono::microseconds since_epoch(base::Instant at) const {
        return std::chrono::duration_cast<std::chrono::microseconds>(wall.time_since_epoch() + (at - instant));
    }
};

}  // namespace server::capture
