#include "server/b2bua/leg_meter.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LegMeterTest : public testing::Test {
protected:
    LegMeterTest() {
        reading.who = 1;
        reading.codec = media::Codec::pcma;
        reading.is_to_send = true;
        reading.counts.jitter_ms = 3;
        reading.counts.rtt_ms = 40;
    }
    QualitySample next(std::uint64_t packets, std::uint64_t lost = 0) {
        now += seconds{1};
        reading.counts.packets_in += packets;
        reading.counts.lost += lost;
        return meter.read(now, reading);
    }
    base::Instant now{seconds{1000}};
    LegReading reading;
    LegMeter meter;
};

TEST_F(LegMeterTest, SaysWhatHasComeSinceItWasReadLast) {
    EXPECT_EQ(next(50).packets_in, 50U);
    const QualitySample second = next(45, 5);
    EXPECT_EQ(second.packets_in, 45U);
    EXPECT_EQ(second.lost, 5U);
    EXPECT_EQ(second.jitter_ms.value(), 3.0);
    EXPECT_EQ(second.round_trip_ms.value(), 40.0);
    EXPECT_LT(*second.mean_opinion.value(), 4.0) << "a tenth is missing";
    EXPECT_GT(*next(50).mean_opinion.value(), 4.3);
}

TEST_F(LegMeterTest, HasNoOpinionOfSilence) {
    next(50);
    EXPECT_FALSE(next(0).mean_opinion.value());
    EXPECT_TRUE(meter.mean_opinion()) << "the latest that is known";
}

TEST_F(LegMeterTest, CountsALatePacketAsNoLossOfTheFuture) {
    next(49, 2);
    reading.counts.lost -= 1;
    EXPECT_EQ(next(50).lost, 0U);
}

TEST_F(LegMeterTest, BeginsAnewWithAnotherPeer) {
    next(1000);
    reading.who = 2;
    reading.counts = {};
    reading.counts.packets_in = 1020;
    EXPECT_EQ(next(0).packets_in, 1020U);
}

TEST_F(LegMeterTest, ObservesEachFiveSecondsInWhichSomethingCame) {
    for (int i = 0; i < 4; ++i) {
        next(45, 5);
        EXPECT_FALSE(meter.take_observation());
    }
    next(45, 5);
    const auto heard = meter.take_observation();
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->jitter, milliseconds{3});
    EXPECT_EQ(heard->round_trip, milliseconds{40});
    EXPECT_LT(*heard->mean_opinion, 4.0);
    EXPECT_FALSE(meter.take_observation());
    for (int i = 0; i < 5; ++i) { next(0); }
    EXPECT_FALSE(meter.take_observation());
}

TEST_F(LegMeterTest, FindsAPeerSilentAfterTenSeconds) {
    next(50);
    for (int i = 0; i < 9; ++i) { next(0); }
    EXPECT_FALSE(meter.is_silent(now));
    next(0);
    EXPECT_TRUE(meter.is_silent(now));
    EXPECT_FALSE(meter.is_heard());
    next(1);
    EXPECT_FALSE(meter.is_silent(now));
    EXPECT_TRUE(meter.is_heard());
}

TEST_F(LegMeterTest, ExpectsNothingOfWhoHolds) {
    next(50);
    reading.is_to_send = false;
    for (int i = 0; i < 30; ++i) { next(0); }
    EXPECT_FALSE(meter.is_silent(now));
    reading.is_to_send = true;
    for (int i = 0; i < 10; ++i) { next(0); }
    EXPECT_FALSE(meter.is_silent(now)) << "it is given ten seconds from the end of its hold";
    next(0);
    EXPECT_TRUE(meter.is_silent(now));
}

TEST_F(LegMeterTest, ForgetsALegThatIsGone) {
    next(50);
    for (int i = 0; i < 11; ++i) { next(0); }
    EXPECT_EQ(meter.read_nothing(), QualitySample{});
    EXPECT_FALSE(meter.is_silent(now));
}

}  // namespace
}  // namespace server
