#include "server/http/time_text.hpp"

#include <gtest/gtest.h>

namespace server::http {
namespace {

constexpr std::int64_t half_past_eight = 1'795'941'000'000;  // 2026-11-29T08:30:00Z

TEST(TimeText, IsReadToTheMillisecond) {
    EXPECT_EQ(parse_time("2026-11-29T08:30:00Z"), half_past_eight);
    EXPECT_EQ(parse_time("2026-11-29T08:30Z"), half_past_eight);
    EXPECT_EQ(parse_time("2026-11-29T08:30:00.250Z"), half_past_eight + 250);
    EXPECT_EQ(parse_time("2026-11-29T08:30:00.25099Z"), half_past_eight + 250);
    EXPECT_EQ(parse_time("2026-11-29t08:30:00z"), half_past_eight);
}

TEST(TimeText, KnowsZones) {
    EXPECT_EQ(parse_time("2026-11-29T09:30:00+01:00"), half_past_eight);
    EXPECT_EQ(parse_time("2026-11-29T09:30:00 01:00"), half_past_eight) << "as a query has it";
    EXPECT_EQ(parse_time("2026-11-29T03:00:00-05:30"), half_past_eight);
    EXPECT_EQ(parse_time("2026-11-29T08:30:00"), half_past_eight) << "without one it is UTC";
}

TEST(TimeText, OfADayIsItsBeginning) {
    EXPECT_EQ(parse_time("1970-01-01"), 0);
    EXPECT_EQ(parse_time("2024-02-29"), 1'709'164'800'000);
}

TEST(TimeText, ThatIsNoneIsNotRead) {
    for (const char* const text :
         {"", "now", "2026", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-29T", "2026-11-29T25:00:00Z",
          "2026-11-29T08:61:00Z", "2026-11-29T08:30:00X", "2026-11-29T08:30:00Zx", "2026-11-29T08:30:00+1",
          "-026-11-29", "2026-11-29T-1:30:00Z", "2026-11-29T08:30:", "+026-11-29"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

}  // namespace
}  // namespace server::http
