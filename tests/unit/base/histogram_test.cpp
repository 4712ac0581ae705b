#include "base/histogram.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

constexpr std::array bounds{0.001, 1.0};
using Times = Histogram<bounds>;

TEST(Histogram, PutsAValueIntoTheRangeThatItEnds) {
    Times times;
    times.observe(0.001);
    times.observe(std::chrono::milliseconds{2});
    times.observe(std::chrono::seconds{1});
    times.observe(std::chrono::minutes{1});
    EXPECT_EQ(times.counts, (std::array<std::uint64_t, 3>{1, 2, 1}));
    EXPECT_DOUBLE_EQ(times.sum, 61.003);
}

TEST(Histogram, AddsUp) {
    Times one;
    one.observe(0.5);
    Times two = one;
    two += one;
    EXPECT_EQ(two.counts[1], 2U);
    EXPECT_DOUBLE_EQ(two.sum, 1.0);
}

}  // namespace
}  // namespace base
