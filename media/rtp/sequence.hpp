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

// Ticks of a clock of `clock_hz` that pass in `time`, which is not negative, modulo 2^32.
constexpr std::uint32_t samples_in(base::Duration time, std::uint32_t clock_hz = 8000) {
    constexpr std::uint64_t second = 1'000'000'000;
    const auto passed = static_cast<std::uint64_t>(std::chrono::nanoseconds{time}.count());
    return static_cast<std::uint32_t>(passed / second * clock_hz + passed % second * clock_hz / second);
}

}  // namespace media
