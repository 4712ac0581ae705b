// What is counted of the changes that peers ask for: each kind, each outcome, what healed it, and how soon music
// starts.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Outcomes = std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t>;

const Outcomes& outcomes(Scenario& run) { return run.world.core().counters().renegotiations_total; }

Outcomes once(const std::string& kind, const std::string& outcome, const std::string& leg = "a") {
    return {{{leg, kind, outcome}, 1}};
}

std::uint64_t starts_measured(Scenario& run) {
    std::uint64_t count = 0;
    for (const auto bucket : run.world.core().counters().music_start.counts) { count += bucket; }
    return count;
}

TEST(RenegotiationOutcomes, AHoldAndItsEndAreRelayed) {
    Scenario run;
    run.up();
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("hold", "relayed", "b"));
    EXPECT_EQ(run.world.core().gauges().holds, 1U);
    run.b.reinvite();
    run.pass(1s);
    Outcomes both = once("hold", "relayed", "b");
    both.merge(once("resume", "relayed", "b"));
    EXPECT_EQ(outcomes(run), both);
    EXPECT_EQ(run.world.core().gauges().holds, 0U);
}

TEST(RenegotiationOutcomes, ARefreshIsAnsweredHere) {
    Scenario run;
    run.up();
    Sdp same;
    same.keep_version = true;
    run.a.reinvite(same);
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("refresh", "local"));
}

TEST(RenegotiationOutcomes, ANewAddressIsAChangeOfTransport) {
    Scenario run;
    run.up();
    run.a.move_to(*base::Endpoint::parse("10.1.0.101:4100"));
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("transport", "local"));
}

TEST(RenegotiationOutcomes, AStreamThatIsAddedIsVideo) {
    Scenario run;
    run.b.takes_video = true;
    run.up();
    run.a.takes_video = true;
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("video", "relayed"));
}

TEST(RenegotiationOutcomes, ARefusedHoldIsHealedByMusic) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {refuses(488)};
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("hold", "healed"));
    const auto& counters = run.world.core().counters();
    EXPECT_THAT(counters.healed, ElementsAre(Pair(Pair("music", "refused"), 1U)));
    const auto refusal = std::tuple{World::number(0), std::string{"hold"}, 488};
    EXPECT_THAT(counters.far_refusals, ElementsAre(Pair(refusal, 1U)));
}

TEST(RenegotiationOutcomes, OneThatWasNotAnsweredInTimeIsHealedOrATimeout) {
    for (const bool heals : {true, false}) {
        Scenario run{[heals](config::Config& config) {
            if (!heals) { config.trunks.at("callers").renegotiation.on_refusal = config::OnRefusal::pass; }
        }};
        run.up();
        run.b.next_reinvites = {{reply(20ms, 180, Sdp::none())}};
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(8s);
        EXPECT_EQ(outcomes(run), once("hold", heals ? "healed" : "timeout"));
    }
}

TEST(RenegotiationOutcomes, ARefusalThatIsPassedOnIsOne) {
    Scenario run{
        [](config::Config& config) { config.trunks.at("callers").renegotiation.on_refusal = config::OnRefusal::pass; }};
    run.up();
    run.b.next_reinvites = {refuses(488)};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("hold", "refused"));
}

TEST(RenegotiationOutcomes, AnOfferThatMeetsOursIsAGlareOfItsKind) {
    Scenario run;
    run.up();
    run.b.on_reinvite = answers(200ms);
    run.b.retries_glare = false;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(50ms);
    run.b.reinvite(Sdp::with(Direction::inactive));
    run.pass(2s);
    Outcomes both = once("hold", "glare", "b");
    both.merge(once("hold", "relayed", "a"));
    EXPECT_EQ(outcomes(run), both);
}

TEST(RenegotiationOutcomes, AnAnswerInTheAckIsCountedByItsDirection) {
    Scenario run;
    run.up();
    run.a.ack.answer = Sdp::with(Direction::inactive);
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("offerless", "relayed"));
    EXPECT_THAT(run.world.core().counters().offerless_answers, ElementsAre(Pair(Pair("a", "inactive"), 1U)));
    EXPECT_EQ(starts_measured(run), 1U);
}

TEST(HoldMusicStart, IsMeasuredFromTheAckWhereThatHolds) {
    Scenario run{[](config::Config& config) { config.hold.on_offerless = config::OnOfferless::answer; }};
    run.up();
    run.a.ack.answer = Sdp::with(Direction::inactive);
    run.a.ack.after = 300ms;
    run.a.reinvite(Sdp::none());
    run.pass(2s);
    EXPECT_EQ(starts_measured(run), 1U);
    EXPECT_LT(run.world.core().counters().music_start.sum, 0.1);
}

TEST(RenegotiationOutcomes, AByeInTheMiddleIsAFailureAndACancelIsNone) {
    {
        Scenario run;
        run.up();
        run.b.next_reinvites = {{}};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        run.b.bye();
        run.pass(1s);
        EXPECT_EQ(outcomes(run), once("hold", "failed"));
    }
    Scenario run;
    run.up();
    run.b.next_reinvites = {{reply(20ms, 180, Sdp::none()), reply(1s, 200)}};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(300ms);
    run.a.cancel();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 487);
    EXPECT_EQ(outcomes(run), once("hold", "cancelled"));
    run.expect_conversation();
}

TEST(RenegotiationOutcomes, ADialogThatIsGoneIsAFailure) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {{reply(20ms, 481)}};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(outcomes(run), once("hold", "failed"));
}

TEST(HoldMusicStart, IsNotMeasuredForAHolderThatIsHeardAndHasNotToDoWithLaterHolds) {
    Scenario run;
    run.up();
    run.a.talks_on_hold = true;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_EQ(starts_measured(run), 0U);
    run.a.reinvite();
    run.pass(1s);
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.world.core().gauges().holds, 1U);
    EXPECT_EQ(starts_measured(run), 1U);
    EXPECT_LT(run.world.core().counters().music_start.sum, 0.1);
}

}  // namespace
}  // namespace simulation
