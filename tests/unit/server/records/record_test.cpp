#include "server/records/record.hpp"

#include <gtest/gtest.h>

namespace server::records {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant rung{100s};

CallDetail answered_call() {
    CallDetail detail;
    detail.id = "one";
    detail.started = rung;
    detail.answered = rung + 2s;
    detail.ended = rung + 62s;
    detail.a.held = 5s;
    return detail;
}

Record made_when_calendar_said(std::chrono::seconds since_1970) {
    const state::Moment now{rung + 63s, std::chrono::system_clock::time_point{since_1970}};
    return make_record(answered_call(), now);
}

TEST(Record, HasCalendarTimesOfItsCall) {
    const Record record = made_when_calendar_said(1'000'063s);
    EXPECT_EQ(record.started, 1'000'000'000);
    EXPECT_EQ(record.answered, 1'000'002'000);
    EXPECT_EQ(record.ended, 1'000'062'000);
}

// Somebody sets the machine's clock in the middle of a call: a year on, or back to 1970.
TEST(Record, KeepsItsDurationsWhereTheClockJumps) {
    for (const auto calendar : {32'536'063s, 63s, 0s}) {
        const Record record = made_when_calendar_said(calendar);
        EXPECT_EQ(record.setup_ms, 2'000) << calendar.count();
        EXPECT_EQ(record.duration_ms, 60'000) << calendar.count();
        EXPECT_EQ(record.a.hold_ms, 5'000) << calendar.count();
        EXPECT_EQ(record.ended - record.started, 62'000) << "its times fit together";
    }
}

}  // namespace
}  // namespace server::records
