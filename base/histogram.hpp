// How many values fell into each range, and their sum. The ranges are part of the type: to observe neither allocates
// nor locks, and histograms of the same kind add up.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace base {

// `upper`: a std::array<double, N>, ascending; what is above the last has a range of its own.
template <const auto& upper>
struct Histogram {
    static constexpr const auto& bounds = upper;
    static constexpr std::size_t ranges = upper.size() + 1;

    std::array<std::uint64_t, ranges> counts{};  // not cumulative: each value in one range
    double sum = 0;

    void observe(double value) noexcept {
        std::size_t range = 0;
        while (range < upper.size() && value > upper[range]) { ++range; }
        ++counts[range];
        sum += value;
    }
    void observe(Duration value) noexcept { observe(std::chrono::duration<double>{value}.count()); }

    Histogram& operator+=(const Histogram& other) noexcept {
        for (std::size_t i = 0; i < ranges; ++i) { counts[i] += other.counts[i]; }
        sum += other.sum;
        return *this;
    }
};

}  // namespace base
