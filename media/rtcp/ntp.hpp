// Time as RTCP writes it (RFC 3550 §4): 32.32 fixed-point seconds, or its middle 32 bits.
// Ours runs from a start of its own (§6.4.1 allows elapsed time), so reports tell nothing about this machine's clock.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace media {

inline std::uint64_t to_ntp(base::Duration elapsed) {
    const auto nanoseconds = static_cast<std::uint64_t>(std::chrono::nanoseconds{elapsed}.count());
    constexpr std::uint64_t second = 1'000'000'000;
    return nanoseconds / second << 32 | (nanoseconds % second << 32) / second;
}

constexpr std::uint32_t ntp_middle(std::uint64_t ntp) { return static_cast<std::uint32_t>(ntp >> 16); }

inline std::uint32_t to_short_ntp(base::Duration elapsed) { return ntp_middle(to_ntp(elapsed)); }

}  // namespace media
