#include "server/b2bua/quality_timeline.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

using std::chrono::seconds;

class QualityTimelineTest : public testing::Test {
protected:
    void add(int samples, std::uint32_t packets = 50) {
        for (int i = 0; i < samples; ++i) {
            now += seconds{1};
            QualitySample a;
            a.packets_in = packets;
            a.mean_opinion = decltype(a.mean_opinion){4.0};
            timeline.add(now, {a, {}});
        }
    }
    std::uint64_t packets() const {
        std::uint64_t sum = 0;
        for (const auto& pair : timeline.samples()) { sum += pair.a.packets_in; }
        return sum;
    }
    base::Instant now{seconds{1000}};
    QualityTimeline timeline;
};

TEST_F(QualityTimelineTest, BeginsWithSamplesOfASecond) {
    EXPECT_TRUE(timeline.samples().empty());
    add(3);
    EXPECT_EQ(timeline.from(), base::Instant{seconds{1000}});
    EXPECT_EQ(timeline.interval(), seconds{1});
    ASSERT_EQ(timeline.samples().size(), 3U);
    EXPECT_EQ(timeline.samples()[2].a.packets_in, 50U);
    EXPECT_EQ(timeline.samples()[2].a.mean_opinion.value(), 4.0);
    EXPECT_FALSE(timeline.samples()[2].b.mean_opinion.value());
}

TEST_F(QualityTimelineTest, MergesPairsWhenItIsFull) {
    add(static_cast<int>(QualityTimeline::max_samples) - 1);
    EXPECT_EQ(timeline.interval(), seconds{1});
    EXPECT_EQ(timeline.samples().size(), QualityTimeline::max_samples - 1);
    add(1);
    EXPECT_EQ(timeline.interval(), seconds{2});
    EXPECT_EQ(timeline.samples().size(), QualityTimeline::max_samples / 2);
    EXPECT_EQ(timeline.samples()[0].a.packets_in, 100U);
    EXPECT_EQ(timeline.samples()[0].a.mean_opinion.value(), 4.0);
}

TEST_F(QualityTimelineTest, HasTheWholeCallHoweverLongInBoundedRoom) {
    constexpr int day = 24 * 3600;
    add(day);
    EXPECT_EQ(timeline.from(), base::Instant{seconds{1000}});
    EXPECT_LE(timeline.samples().size(), QualityTimeline::max_samples);
    EXPECT_GE(timeline.samples().size(), QualityTimeline::max_samples / 2);
    EXPECT_EQ(packets(), std::uint64_t{day} * 50);
    const auto length = timeline.interval() * static_cast<std::int64_t>(timeline.samples().size());
    EXPECT_GE(length, seconds{day});
    EXPECT_LT(length, seconds{day} + timeline.interval());
}

TEST_F(QualityTimelineTest, ShowsTheSampleThatIsNotOver) {
    add(static_cast<int>(QualityTimeline::max_samples));
    add(1, 7);
    EXPECT_EQ(timeline.samples().back().a.packets_in, 7U);
    add(1, 8);
    EXPECT_EQ(timeline.samples().back().a.packets_in, 15U);
    EXPECT_EQ(timeline.samples().size(), QualityTimeline::max_samples / 2 + 1);
}

TEST_F(QualityTimelineTest, LeavesATimeInWhichNobodyLookedEmpty) {
    add(1);
    now += seconds{3};
    add(1, 200);
    const auto samples = timeline.samples();
    ASSERT_EQ(samples.size(), 5U);
    for (const std::size_t unseen : {1U, 2U, 3U}) {
        EXPECT_EQ(samples[unseen].a.packets_in, 0U);
        EXPECT_FALSE(samples[unseen].a.mean_opinion.value());
    }
    EXPECT_EQ(samples[4].a.packets_in, 200U);
}

TEST_F(QualityTimelineTest, TakesTheLastPartOfASecondAsWell) {
    add(2);
    now -= std::chrono::milliseconds{400};
    add(1, 30);
    EXPECT_EQ(timeline.samples().size(), 3U);
}

TEST(QualitySample, IsSmall) { EXPECT_LE(sizeof(QualityTimeline::Pair), 48U) << "a call has up to 120 of them"; }

TEST(QualitySample, MergesWhatIsKnown) {
    QualitySample first;
    first.jitter_ms = decltype(first.jitter_ms){2.0};
    first.codec = media::Codec::pcmu;
    first.hold = true;
    first.lost = 1;
    QualitySample second;
    second.jitter_ms = decltype(second.jitter_ms){4.0};
    second.round_trip_ms = decltype(second.round_trip_ms){30.0};
    second.direction = sip::sdp::Direction::sendonly;
    second.lost = 2;
    const QualitySample both = merged(first, second);
    EXPECT_EQ(both.jitter_ms.value(), 3.0);
    EXPECT_EQ(both.round_trip_ms.value(), 30.0);
    EXPECT_FALSE(both.mean_opinion.value());
    EXPECT_EQ(both.codec, media::Codec::pcmu);
    EXPECT_EQ(both.direction, sip::sdp::Direction::sendonly);
    EXPECT_TRUE(both.hold);
    EXPECT_FALSE(both.music);
    EXPECT_EQ(both.lost, 3U);
}

TEST(SmallMeasure, HoldsWhatFitsAndTheMostForWhatDoesNot) {
    EXPECT_EQ(SmallMeasure<10>{12.34}.value(), 12.3);
    EXPECT_EQ(SmallMeasure<10>{1e9}.value(), 6553.4);
    EXPECT_FALSE(SmallMeasure<10>{-1.0}.value());
    EXPECT_FALSE(SmallMeasure<10>{std::nullopt}.value());
}

}  // namespace
}  // namespace server
