#include "media/rtp/rewriter.hpp"

#include <gtest/gtest.h>

namespace media {
namespace {

using std::chrono::milliseconds;

constexpr SourceKey peer{SourceKind::peer, 100};
constexpr SourceKey other_peer{SourceKind::peer, 200};
constexpr SourceKey music{SourceKind::player, 1};
constexpr std::uint32_t frame = 160;

RtpHeader in(std::uint16_t sequence, std::uint32_t timestamp) { return RtpHeader{false, 0, sequence, timestamp, 9}; }

class RewriterTest : public testing::Test {
protected:
    base::Instant at(int ms) const { return base::Instant{} + std::chrono::hours{1} + milliseconds{ms}; }
    Rewriter rewriter{0xabcd, 1000, 5000};
};

TEST_F(RewriterTest, StartsItsOwnSpaceWithAMarker) {
    const auto out = rewriter.place(at(0), peer, in(7, 70), frame);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->ssrc, 0xabcdU);
    EXPECT_EQ(out->sequence, 1000);
    EXPECT_EQ(out->timestamp, 5000U);
    EXPECT_TRUE(out->marker);
}

TEST_F(RewriterTest, KeepsTheSendersGapsAndReordering) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    EXPECT_EQ(rewriter.place(at(60), peer, in(10, 480), frame)->sequence, 1003);
    const auto late = rewriter.place(at(61), peer, in(9, 320), frame);
    EXPECT_EQ(late->sequence, 1002);
    EXPECT_EQ(late->timestamp, 5320U);
    EXPECT_FALSE(late->marker);
    EXPECT_EQ(rewriter.place(at(80), peer, in(11, 640), frame)->sequence, 1004);
}

TEST_F(RewriterTest, KeepsTheSendersMarker) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    RtpHeader marked = in(8, 160);
    marked.marker = true;
    EXPECT_TRUE(rewriter.place(at(20), peer, marked, frame)->marker);
    EXPECT_FALSE(rewriter.place(at(40), peer, in(9, 320), frame)->marker);
}

TEST_F(RewriterTest, SwitchesSourcesWithoutASeam) {
    rewriter.place(at(0), peer, in(7, 123456), frame);
    const auto switched = rewriter.place(at(100), music, in(0, 0), frame);
    EXPECT_EQ(switched->sequence, 1001);
    EXPECT_EQ(switched->timestamp, 5000U + 800);
    EXPECT_TRUE(switched->marker);
    const auto next = rewriter.place(at(120), music, in(1, 160), frame);
    EXPECT_EQ(next->sequence, 1002);
    EXPECT_EQ(next->timestamp, 5960U);
    EXPECT_FALSE(next->marker);
    const auto back = rewriter.place(at(140), peer, in(60000, 99), frame);
    EXPECT_EQ(back->sequence, 1003);
    EXPECT_EQ(back->timestamp, 6120U);
    EXPECT_TRUE(back->marker);
}

TEST_F(RewriterTest, NeverReachesBackIntoTheLastPacketWhenSwitchingFast) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    EXPECT_EQ(rewriter.place(at(5), music, in(0, 0), frame)->timestamp, 5160U);
}

TEST_F(RewriterTest, TreatsAnotherSsrcOfThePeerAsASwitch) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    const auto out = rewriter.place(at(20), other_peer, in(40000, 77777), frame);
    EXPECT_EQ(out->sequence, 1001);
    EXPECT_EQ(out->timestamp, 5160U);
    EXPECT_TRUE(out->marker);
    EXPECT_EQ(out->ssrc, 0xabcdU);
}

TEST_F(RewriterTest, TreatsAJumpWithinOneSsrcAsARestart) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    EXPECT_EQ(rewriter.place(at(20), peer, in(7 + 3000, 160), frame)->sequence, 4000);
    EXPECT_EQ(rewriter.place(at(40), peer, in(7 + 3000 + 3001, 320), frame)->sequence, 4001);
    EXPECT_EQ(rewriter.place(at(60), peer, in(100, 480), frame)->sequence, 4002);
}

TEST_F(RewriterTest, RefusesWhatBelongsBeforeTheSwitch) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    rewriter.place(at(20), music, in(0, 0), frame);
    rewriter.place(at(40), peer, in(9, 320), frame);
    EXPECT_FALSE(rewriter.place(at(41), peer, in(8, 160), frame));
    EXPECT_EQ(rewriter.place(at(60), peer, in(10, 480), frame)->sequence, 1003);
}

TEST_F(RewriterTest, GivesNoNumberToTwoPackets) {
    rewriter.place(at(0), peer, in(200, 0), frame);
    EXPECT_FALSE(rewriter.place(at(0), peer, in(200, 0), frame));
    EXPECT_EQ(rewriter.place(at(20), peer, in(300, 160), frame)->sequence, 1100);
    EXPECT_FALSE(rewriter.place(at(21), peer, in(200, 0), frame)) << "as far back as reordering reaches";
    EXPECT_EQ(rewriter.place(at(22), peer, in(250, 80), frame)->sequence, 1050);
    EXPECT_FALSE(rewriter.place(at(23), peer, in(250, 81), frame));
    EXPECT_EQ(rewriter.place(at(40), peer, in(3000, 320), frame)->sequence, 3800);
    EXPECT_EQ(rewriter.place(at(41), peer, in(2900, 320), frame)->sequence, 3700);
    EXPECT_FALSE(rewriter.place(at(42), peer, in(2900, 320), frame));
    rewriter.interrupt();
    EXPECT_EQ(rewriter.place(at(60), peer, in(2900, 480), frame)->sequence, 3801) << "another number";
}

TEST_F(RewriterTest, ClosesOverWhatIsNotPassedOn) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    rewriter.skip(peer, 8);
    rewriter.skip(peer, 9);
    const auto out = rewriter.place(at(60), peer, in(10, 480), frame);
    EXPECT_EQ(out->sequence, 1001);
    EXPECT_EQ(out->timestamp, 5480U);
    EXPECT_FALSE(rewriter.place(at(61), peer, in(7, 0), frame)) << "its place would now be taken twice";
}

TEST_F(RewriterTest, ClosesOnlyOverTheSourceThatIsPlaying) {
    rewriter.place(at(0), music, in(0, 0), frame);
    rewriter.skip(peer, 1);
    EXPECT_EQ(rewriter.place(at(20), music, in(1, 160), frame)->sequence, 1001);
}

TEST_F(RewriterTest, GoesOnAsAfterASwitchWhenInterrupted) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    rewriter.interrupt();
    const auto out = rewriter.place(at(1000), peer, in(57, 8000), frame);
    EXPECT_EQ(out->sequence, 1001);
    EXPECT_EQ(out->timestamp, 13000U);
    EXPECT_TRUE(out->marker);
}

TEST_F(RewriterTest, RunsThroughTheWrapOfSequenceAndTimestampForHours) {
    Rewriter high{1, 0xfff0, 0xfffffff0};
    std::uint16_t expected = 0xfff0;
    std::uint32_t timestamp = 0xfffffff0;
    for (std::uint32_t i = 0; i < 432'000; ++i) {
        const auto out =
            high.place(at(static_cast<int>(20 * i)), peer, in(static_cast<std::uint16_t>(i), 160 * i), frame);
        ASSERT_TRUE(out) << i;
        ASSERT_EQ(out->sequence, expected) << i;
        ASSERT_EQ(out->timestamp, timestamp) << i;
        ++expected;
        timestamp += 160;
    }
}

TEST_F(RewriterTest, KeepsTimeThroughATelephoneEventThatRepeatsItsTimestamp) {
    rewriter.place(at(0), peer, in(7, 0), frame);
    for (std::uint16_t i = 1; i <= 10; ++i) {
        EXPECT_EQ(rewriter.place(at(20 * i), peer, in(static_cast<std::uint16_t>(7 + i), 160), 0)->timestamp, 5160U);
    }
    EXPECT_EQ(rewriter.place(at(220), music, in(0, 0), frame)->timestamp, 5000U + 220 * 8);
}

TEST_F(RewriterTest, TellsItsTimestampBetweenPackets) {
    EXPECT_EQ(rewriter.timestamp_at(at(0)), 5000U);
    rewriter.place(at(0), peer, in(7, 0), frame);
    EXPECT_EQ(rewriter.timestamp_at(at(30)), 5240U);
}

TEST_F(RewriterTest, KnowsTheOriginalOfWhatItSentSinceTheLastSwitch) {
    EXPECT_FALSE(rewriter.original(1000));
    rewriter.place(at(0), peer, in(7, 70), frame);
    rewriter.place(at(20), peer, in(9, 70), frame);
    EXPECT_EQ(rewriter.original(1000), 7);
    EXPECT_EQ(rewriter.original(1001), 8) << "lost on the way to us, too";
    EXPECT_EQ(rewriter.original(1002), 9);
    EXPECT_FALSE(rewriter.original(1003));
    EXPECT_FALSE(rewriter.original(999));
    rewriter.place(at(40), other_peer, in(500, 70), frame);
    EXPECT_FALSE(rewriter.original(1002)) << "it was of somebody else";
    EXPECT_EQ(rewriter.original(1003), 500);
}

}  // namespace
}  // namespace media
