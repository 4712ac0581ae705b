// How the media of a call fares, second by second, for whoever asks during the call or once it is over.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using server::QualityTimeline;

struct Watched {
    Scenario run;
    std::string id;

    Watched() {
        run.up();
        id = run.world.core().calls(1).at(0).id;
    }
    server::TimelineView timeline() { return run.world.core().timeline(id).value(); }
    QualityTimeline::Pair latest() { return timeline().samples.back(); }
    std::size_t one_way() { return run.world.core().gauges().one_way; }
};

TEST(Timeline, ShowsAConversationSecondBySecond) {
    Watched call;
    call.run.pass(10s);
    const auto timeline = call.timeline();
    EXPECT_EQ(timeline.interval, 1s);
    ASSERT_GE(timeline.samples.size(), 10U);
    for (std::size_t i = timeline.samples.size() - 5; i < timeline.samples.size(); ++i) {
        const auto& [a, b] = timeline.samples[i];
        for (const auto& sample : {a, b}) {
            EXPECT_NEAR(sample.packets_in, 50, 1);
            EXPECT_NEAR(sample.packets_out, 50, 1);
            EXPECT_EQ(sample.lost, 0U);
            EXPECT_GT(sample.mean_opinion.value().value_or(0), 4.3);
            EXPECT_EQ(sample.direction, sip::sdp::Direction::sendrecv);
            EXPECT_FALSE(sample.hold || sample.music);
            EXPECT_TRUE(sample.codec);
        }
    }
}

TEST(Timeline, ShowsAHoldAndItsMusic) {
    Watched call;
    call.run.a.talks = false;
    call.run.a.reinvite(Sdp::with(Direction::sendonly));
    call.run.pass(3s);
    EXPECT_TRUE(call.latest().a.hold);
    EXPECT_FALSE(call.latest().a.music);
    EXPECT_FALSE(call.latest().b.hold);
    EXPECT_TRUE(call.latest().b.music);
    EXPECT_NEAR(call.latest().b.packets_out, 50, 1);
    EXPECT_EQ(call.latest().a.packets_in, 0U);
    EXPECT_FALSE(call.latest().a.mean_opinion.value());
    call.run.pass(30s);
    EXPECT_EQ(call.one_way(), 0U) << "who holds is not silent against what was agreed";
    call.run.a.talks = true;
    call.run.a.reinvite();
    call.run.pass(3s);
    EXPECT_FALSE(call.latest().a.hold);
    EXPECT_FALSE(call.latest().b.music);
}

TEST(Timeline, ShowsLossesAndWhatTheyDoToTheVoice) {
    Watched call;
    call.run.pass(2s);
    const auto good = call.latest().a;
    call.run.world.network.all.loss = 0.1;
    call.run.pass(20s);
    const auto timeline = call.timeline();
    std::uint32_t lost = 0;
    for (const auto& pair : timeline.samples) { lost += pair.a.lost; }
    EXPECT_GT(lost, 50U);
    EXPECT_LT(lost, 200U);
    EXPECT_LT(timeline.samples.back().a.mean_opinion.value().value_or(5), *good.mean_opinion.value());
    call.run.world.network.all.loss = 0;
    call.run.pass(2s);
}

TEST(Timeline, OfACallThatHasEndedIsThere) {
    Watched call;
    call.run.pass(5s);
    call.run.a.bye();
    call.run.pass(60s);
    ASSERT_EQ(call.run.world.core().call_count(), 0U);
    EXPECT_GE(call.timeline().samples.size(), 6U);
    EXPECT_LE(call.timeline().samples.size(), 20U) << "it ends with the call";
    EXPECT_FALSE(call.run.world.core().timeline("nobody's"));
}

TEST(Timeline, FeedsTheHistogramsOfTheTrunk) {
    Watched call;
    call.run.pass(31s);
    const auto& quality = call.run.world.core().counters().quality;
    ASSERT_FALSE(quality.empty());
    std::uint64_t opinions = 0;
    for (const auto& [trunk, heard] : quality) {
        for (const auto count : heard.mos.counts) { opinions += count; }
    }
    EXPECT_GE(opinions, 12U) << "each five seconds, of both legs";
    EXPECT_LE(opinions, 16U);
}

TEST(Timeline, ACallIsOneWayWhenOnePeerFallsSilentForTenSeconds) {
    Watched call;
    call.run.pass(3s);
    call.run.world.allowed_gap = 1h;
    call.run.a.talks = false;
    call.run.pass(8s);
    EXPECT_EQ(call.one_way(), 0U);
    call.run.pass(4s);
    EXPECT_EQ(call.one_way(), 1U);
    call.run.a.talks = true;
    call.run.a.reinvite();
    call.run.pass(3s);
    EXPECT_EQ(call.one_way(), 0U);
    call.run.a.talks = false;
    call.run.pass(15s);
    EXPECT_EQ(call.one_way(), 1U);
    call.run.a.bye();
    call.run.pass(1s);
    EXPECT_EQ(call.one_way(), 0U);
}

}  // namespace
}  // namespace simulation
