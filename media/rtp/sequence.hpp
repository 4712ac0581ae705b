// Arithmetic of RTP numbers that wrap: 16-bit sequence numbers and 32-bit timestamps (RFC 3550 §5.1, RFC 1982).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace media {

// How far `to` lies after `from`; negative: before it.
constexpr std::int32_t sequence_distance(std::uint16_t from, std::uint16_t to) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(to - from));
}

constexpr std::int64_t timestamp_distance(std::uint32_t from, std::uint32_t to) {
    return static_cast<std::int32_t>(to - from);
}

// Samples at 8 kHz that pass in `time`, modulo 2^32.
constexpr std::uint32_t samples_in(base::Duration time) {
    constexpr std::chrono::nanoseconds sample{125'000};
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(time / sample));
}

}  // namespace media
