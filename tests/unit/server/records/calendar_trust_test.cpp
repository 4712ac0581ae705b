#include "server/records/calendar_trust.hpp"

#include <gtest/gtest.h>

#include "tests/unit/server/records/sample.hpp"

namespace server::records {
namespace {

using namespace std::chrono_literals;
using test::noon;

// `passed` since the start, which was at noon; the calendar has jumped by `jumped` meanwhile.
state::Moment after(std::chrono::minutes passed, std::chrono::minutes jumped = 0min) {
    const std::chrono::system_clock::time_point start{std::chrono::milliseconds{noon}};
    return {base::Instant{5h} + passed, start + passed + jumped};
}

TEST(CalendarTrust, BelievesAtOnceNearTheLatestRecord) {
    for (const auto since : {-24h, 0h, 24h}) {
        const CalendarTrust trust{after(0min), noon - std::chrono::milliseconds{since}.count()};
        EXPECT_TRUE(trust.is_believed()) << since.count();
    }
}

// A machine that started in a wrong year; or nobody has called for long.
TEST(CalendarTrust, BelievesAfterADayFarFromTheLatestRecord) {
    for (const auto since : {-25h, 25h, 100'000h}) {
        CalendarTrust trust{after(0min), noon - std::chrono::milliseconds{since}.count()};
        EXPECT_FALSE(trust.is_believed()) << since.count();
        EXPECT_FALSE(trust.look(after(1439min)));
        EXPECT_FALSE(trust.is_believed()) << since.count();
        EXPECT_FALSE(trust.look(after(1440min)));
        EXPECT_TRUE(trust.is_believed()) << since.count();
    }
}

TEST(CalendarTrust, BelievesAfterADayWithoutRecords) {
    CalendarTrust trust{after(0min), std::nullopt};
    EXPECT_FALSE(trust.is_believed());
    trust.look(after(24h));
    EXPECT_TRUE(trust.is_believed());
}

TEST(CalendarTrust, BelievesNothingForADayAfterAJump) {
    for (const std::chrono::minutes jumped : {-61min, 61min, std::chrono::minutes{87'600h}}) {
        CalendarTrust trust{after(0min), noon};
        EXPECT_FALSE(trust.look(after(10min)));
        EXPECT_EQ(trust.look(after(20min, jumped)), jumped);
        EXPECT_FALSE(trust.is_believed());
        EXPECT_FALSE(trust.look(after(20min + 23h, jumped))) << "it is told once";
        EXPECT_FALSE(trust.is_believed());
        EXPECT_EQ(trust.look(after(20min + 24h)), -jumped) << "it is put right";
        EXPECT_FALSE(trust.is_believed());
        EXPECT_FALSE(trust.look(after(20min + 48h)));
        EXPECT_TRUE(trust.is_believed());
    }
}

TEST(CalendarTrust, BelievesAClockThatIsPutRightByLittle) {
    CalendarTrust trust{after(0min), noon};
    EXPECT_FALSE(trust.look(after(10min, 59min)));
    EXPECT_FALSE(trust.look(after(20min, 0min)));
    EXPECT_TRUE(trust.is_believed());
}

}  // namespace
}  // namespace server::records
