// The one clock type of the program. Cores never read it: an Instant is handed to them with each event.
#pragma once

#include <chrono>

namespace base {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using Duration = Clock::duration;

// "No deadline": later than every real instant.
inline constexpr Instant never = Instant::max();

}  // namespace base
