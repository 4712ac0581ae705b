// How long packets take through the server, from the kernel's hands to the kernel's hands. One packet of each read is
// timed, the eldest, which waited longest.
#pragma once

#include <array>
#include <ctime>

#include "base/histogram.hpp"

namespace media {

inline constexpr std::array forward_bounds{5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4,
                                           1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2};
using ForwardTimes = base::Histogram<forward_bounds>;

// Both of the wall clock, which the kernel stamps datagrams with; where that was set meanwhile nothing is learnt.
inline void observe_forward(ForwardTimes& times, const timespec& came, const timespec& left) noexcept {
    const double seconds =
        static_cast<double>(left.tv_sec - came.tv_sec) + 1e-9 * static_cast<double>(left.tv_nsec - came.tv_nsec);
    constexpr double clock_was_set = 10;
    if (seconds >= 0 && seconds < clock_was_set) { times.observe(seconds); }
}

}  // namespace media
