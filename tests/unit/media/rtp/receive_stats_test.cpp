#include "media/rtp/receive_stats.hpp"

#include <gtest/gtest.h>

namespace media {
namespace {

using std::chrono::milliseconds;

class ReceiveStatsTest : public testing::Test {
protected:
    // Sent every 20 ms, underway for `delay` ms.
    void receive(std::uint16_t sequence, int delay_ms = 0, std::uint32_t ssrc = 1) {
        const auto at = base::Instant{} + std::chrono::hours{1} + milliseconds{20} * sequence + milliseconds{delay_ms};
        stats.on_rtp(at, RtpHeader{false, 0, sequence, 160U * sequence, ssrc}, true);
    }
    ReceiveStats stats;
};

TEST_F(ReceiveStatsTest, CountsNothingLostInOrder) {
    for (std::uint16_t i = 10; i < 110; ++i) { receive(i); }
    EXPECT_EQ(stats.lost(), 0U);
    const ReceptionReport report = stats.take_report();
    EXPECT_EQ(report.fraction_lost, 0);
    EXPECT_EQ(report.cumulative_lost, 0);
    EXPECT_EQ(report.highest_sequence, 109U);
    EXPECT_EQ(report.jitter, 0U);
}

TEST_F(ReceiveStatsTest, CountsGapsAsLostUntilTheyArriveLate) {
    receive(1);
    receive(2);
    receive(5);
    EXPECT_EQ(stats.lost(), 2U);
    receive(4);
    EXPECT_EQ(stats.lost(), 1U);
}

TEST_F(ReceiveStatsTest, TellsTheFractionSinceTheLastReport) {
    receive(0);
    receive(3);
    EXPECT_EQ(stats.take_report().fraction_lost, 128);
    for (std::uint16_t i = 4; i < 8; ++i) { receive(i); }
    const ReceptionReport second = stats.take_report();
    EXPECT_EQ(second.fraction_lost, 0);
    EXPECT_EQ(second.cumulative_lost, 2);
}

TEST_F(ReceiveStatsTest, LetsDuplicatesMakeTheLossNegativeOnTheWireOnly) {
    receive(1);
    receive(1);
    EXPECT_EQ(stats.take_report().cumulative_lost, -1);
    EXPECT_EQ(stats.lost(), 0U);
}

TEST_F(ReceiveStatsTest, CountsCyclesOverTheWrap) {
    for (unsigned i = 65530; i < 65540; ++i) {
        stats.on_rtp(base::Instant{}, RtpHeader{false, 0, static_cast<std::uint16_t>(i), 160 * i, 1}, true);
    }
    EXPECT_EQ(stats.take_report().highest_sequence, 65539U);
    EXPECT_EQ(stats.lost(), 0U);
}

TEST_F(ReceiveStatsTest, BelievesAJumpOnlyWhenASecondPacketFollows) {
    receive(1);
    receive(2);
    receive(30000);
    EXPECT_EQ(stats.take_report().highest_sequence, 2U);
    receive(30001);
    EXPECT_EQ(stats.take_report().highest_sequence, 30001U);
    EXPECT_EQ(stats.lost(), 0U);
}

TEST_F(ReceiveStatsTest, KeepsTheLossOfAnSsrcThatIsNoMore) {
    receive(1);
    receive(4);
    receive(500, 0, 2);
    receive(501, 0, 2);
    EXPECT_EQ(stats.lost(), 2U);
    EXPECT_EQ(stats.take_report().ssrc, 2U);
}

TEST_F(ReceiveStatsTest, SmoothsJitterBySixteenths) {
    receive(0);
    receive(1, 16);
    EXPECT_DOUBLE_EQ(stats.jitter_ms(), 1.0);
    receive(2, 16);
    EXPECT_NEAR(stats.jitter_ms(), 1.0 - 1.0 / 16, 0.01);
}

TEST_F(ReceiveStatsTest, TakesANewClockForNoJitter) {
    receive(0);
    stats.on_rtp(base::Instant{} + std::chrono::hours{1}, RtpHeader{false, 0, 1, 0x80000000, 1}, true);
    EXPECT_EQ(stats.jitter_ms(), 0);
}

}  // namespace
}  // namespace media
