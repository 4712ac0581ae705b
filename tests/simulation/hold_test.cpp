// Hold and music, by offers: renegotiation contract, section C.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

World::Configure hold_when(config::HoldWhen when) {
    return [when](config::Config& config) {
        config.hold.when = when;
        for (auto& [name, trunk] : config.trunks) { trunk.hold.when = when; }
    };
}

TEST(Hold, InEveryFormFromEachSidePlaysMusicAndResumes) {
    for (const bool from_a : {true, false}) {
        for (const Sdp& hold : {Sdp::with(Direction::sendonly), Sdp::with(Direction::inactive), Sdp::zero()}) {
            Scenario run;
            run.up();
            Phone& holder = from_a ? run.a : run.b;
            Phone& held = from_a ? run.b : run.a;
            holder.talks = false;
            holder.reinvite(hold);
            run.pass(2s);
            EXPECT_EQ(holder.final_of("INVITE"), 200);
            EXPECT_TRUE(run.hears_music(held)) << held.describe();
            EXPECT_TRUE(run.hears_nothing(holder)) << holder.describe();
            EXPECT_TRUE(held.belief().hears());
            EXPECT_FALSE(held.belief().speaks());
            EXPECT_EQ(held.heard().source_count(), 1U);
            run.world.allowed_gap = 1h;  // a phone that talks again only after its answer
            holder.talks = true;
            holder.reinvite();
            run.pass(2s);
            run.expect_conversation();
        }
    }
}

TEST(Hold, WhoeverHeldHearsNoMusicWhenItResumes) {
    Scenario run;
    run.up();
    run.a.talks_on_hold = true;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    const Instant resumed = run.now();
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.heard().count(run.music, resumed, run.now()), 0U);
    run.expect_conversation();
}

TEST(Hold, TheHeldLegIsOfferedSendonlyNotInactiveWhileMusicFlows) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.b.last_offer()->direction, Direction::sendonly);
}

TEST(Hold, MusicBeginsWithin20MillisecondsOfTheCommit) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    const Instant asked = run.now();
    run.pass(2s);
    const auto first = run.b.heard().first(run.music, asked);
    ASSERT_TRUE(first);
    EXPECT_LE(*first - asked, 5ms + 5ms + 20ms + 5ms + 20ms + 5ms);  // two hops, the callee's 20 ms, a hop, ours, a hop
}

TEST(Hold, AHoldersMicrophoneIsDroppedWhereItPromisedSilence) {
    Scenario run;
    run.up();
    run.a.talks_on_hold = true;
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.b));
    EXPECT_EQ(run.b.heard().count(run.world.tone(run.a), run.now() - 1s, run.now()), 0U);
}

TEST(Hold, ASendonlyHolderIsHeardWhileItSendsAndMusicFillsInAfter) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_TRUE(run.hears_other(run.b));
    run.world.checks_hearing = false;
    run.a.talks = false;
    const Instant silent = run.now();
    run.pass(1s);
    const auto music = run.b.heard().first(run.music, silent);
    ASSERT_TRUE(music);
    EXPECT_GE(*music - silent, 400ms);
    EXPECT_LE(*music - silent, 450ms);
}

TEST(Hold, AHolderThatStopsWithItsOfferIsFilledInForWhileTheFarLegIsSlow) {
    for (const Direction hold : {Direction::inactive, Direction::sendonly}) {
        Scenario run;
        run.up();
        run.b.next_reinvites = {answers(3s)};
        run.a.talks = false;
        run.a.reinvite(Sdp::with(hold));
        const Instant asked = run.now();
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("INVITE"), 0);
        EXPECT_TRUE(run.hears_music(run.b)) << run.b.describe();
        const auto first = run.b.heard().first(run.music, asked);
        ASSERT_TRUE(first);
        EXPECT_LE(*first - asked, 450ms);
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_TRUE(run.hears_music(run.b));
    }
}

TEST(Hold, AHolderThatGoesOnTalkingIsHeardUntilTheFarLegAnswers) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {answers(3s)};
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(2s);
    EXPECT_TRUE(run.hears_other(run.b));
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.b));
}

TEST(Hold, ByPolicyIsLeftToThePeerOrAlwaysOursOrNever) {
    const auto hold = [](config::HoldWhen when, bool talks, Direction direction, const auto& expect) {
        Scenario run{hold_when(when)};
        run.world.checks_hearing = false;
        run.up();
        run.a.talks = talks;
        run.a.reinvite(Sdp::with(direction));
        run.pass(2s);
        expect(run);
    };
    hold(config::HoldWhen::always, true, Direction::sendonly,
         [](Scenario& run) { EXPECT_TRUE(run.hears_music(run.b)); });
    hold(config::HoldWhen::trust, false, Direction::sendonly,
         [](Scenario& run) { EXPECT_TRUE(run.hears_nothing(run.b)); });
    hold(config::HoldWhen::trust, true, Direction::sendonly,
         [](Scenario& run) { EXPECT_TRUE(run.hears_other(run.b)); });
    hold(config::HoldWhen::never, true, Direction::inactive,
         [](Scenario& run) { EXPECT_TRUE(run.hears_nothing(run.b)); });
}

TEST(Hold, AbsorbedLeavesTheFarSessionTwoWay) {
    Scenario run{[](config::Config& config) {
        config.hold.signal = config::HoldSignal::absorb;
        for (auto& [name, trunk] : config.trunks) { trunk.hold.signal = config::HoldSignal::absorb; }
    }};
    run.world.checks_hearing = false;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    EXPECT_TRUE(run.hears_music(run.b));
    EXPECT_TRUE(run.hears_nothing(run.a));
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
}

TEST(Hold, AbsorbedStaysHiddenWhenItComesAsAnAnswerInTheAck) {
    Scenario run{[](config::Config& config) {
        config.hold.signal = config::HoldSignal::absorb;
        for (auto& [name, trunk] : config.trunks) { trunk.hold.signal = config::HoldSignal::absorb; }
    }};
    run.world.checks_hearing = false;
    run.up();
    run.a.ack.answer = Sdp::with(Direction::inactive);
    run.a.reinvite(Sdp::none());
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(run.hears_music(run.b));
    ASSERT_TRUE(run.b.belief().remote);
    EXPECT_EQ(run.b.belief().remote->direction, Direction::sendrecv);
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
}

TEST(Hold, ByAnswerToAnOfferOfOursIsToldToTheOtherLeg) {
    Scenario run{[](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.offerless = config::Offerless::local; }
    }};
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    run.b.next_reinvites = {{reply(20ms, 200, Sdp::with(Direction::inactive))}};
    run.a.reinvite(Sdp::none());  // the answer in its ACK resumes: B is told, and holds
    run.pass(2s);
    ASSERT_TRUE(run.a.belief().remote);
    EXPECT_EQ(run.a.belief().remote->direction, Direction::sendonly);
    EXPECT_TRUE(run.hears_music(run.a));
    EXPECT_TRUE(run.hears_nothing(run.b));
}

TEST(Hold, IsNotCutByTheMediaTimeout) {
    Scenario run{[](config::Config& config) {
        config.media.timeout = 5s;
        for (auto& [name, trunk] : config.trunks) { trunk.media_timeout = 5s; }
    }};
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(30s);
    run.expect_up();
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
}

TEST(MediaTimeout, EndsACallWhoseOneSideFellSilent) {
    Scenario run{[](config::Config& config) {
        config.media.timeout = 5s;
        for (auto& [name, trunk] : config.trunks) { trunk.media_timeout = 5s; }
    }};
    run.world.checks_hearing = false;
    run.up();
    run.b.talks = false;
    run.pass(4s);
    run.expect_up();
    run.pass(3s);
    run.expect_over();
    EXPECT_THAT(run.a.last_request("BYE"), HasSubstr("Reason:"));
}

TEST(MediaTimeout, EndsAOneWayCallWhoseSpeakerFellSilent) {
    Scenario run{[](config::Config& config) {
        config.media.timeout = 5s;
        for (auto& [name, trunk] : config.trunks) { trunk.media_timeout = 5s; }
    }};
    run.world.checks_hearing = false;
    run.a.invite("b0", Sdp::with(Direction::recvonly));
    run.pass(10s);
    run.expect_up();
    run.b.talks = false;
    run.pass(7s);
    run.expect_over();
}

TEST(Hold, ANewMediaAddressIsFollowedAndTheFarLegNotBothered) {
    Scenario run;
    run.up();
    run.a.move_to(*base::Endpoint::parse("10.1.0.101:4400"));
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
