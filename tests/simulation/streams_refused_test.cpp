// Streams beside the audio that a side refuses, cannot have or loses (renegotiation.md E.1, B.3); rows 31 and 47 of the
// race and failure cases.
#include "tests/simulation/streams_scenario.hpp"

namespace simulation {
namespace {

TEST_F(Streams, OfAnUpdateThatFarAnswersTooLateFollowInAnOfferOfOurs) {
    Scenario run;
    run.a.allows_update = run.b.allows_update = true;
    ready(run);
    run.b.on_reinvite = answers(400ms);
    run.a.update(Sdp::with_video());
    run.pass(300ms);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_FALSE(run.a.has_video()) << "answered at once, without it";
    run.pass(2s);
    run.expect_conversation();
    expect_video(run);
}

TEST(Races, Row31_AStreamThatIsRefusedAloneIsRefusedInItsPlaceAndTheAudioGoesOn) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        near.takes_video = true;
        const Instant asked = run.now();
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        ASSERT_EQ(near.belief().remote->lines, 2U);
        EXPECT_FALSE(near.belief().remote->further[0].enabled);
        run.expect_conversation();
        EXPECT_LE(near.heard().longest_gap(asked, run.now()), 40ms);
        EXPECT_LE(far.heard().longest_gap(asked, run.now()), 40ms);
        near.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        EXPECT_EQ(near.belief().remote->lines, 2U);
        EXPECT_EQ(far.belief().remote->lines, 2U);
        near.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST_F(Streams, OfARefusedReinviteAreLeftOutAndNotAskedForAgain) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        near.takes_video = true;
        far.next_reinvites = {refuses(488)};
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_FALSE(near.has_video());
        run.expect_conversation();
        EXPECT_EQ(run.world.engine.session_count(), 1U);
        const auto asked = far.received("INVITE");
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_EQ(far.received("INVITE"), asked);
        EXPECT_EQ(counted(run, letter(from_a), "healed"), 1U) << "the second changes nothing";
        near.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(far.last_offer()->lines, 1U) << "a refused change leaves no trace";
        EXPECT_TRUE(run.hears_music(far));
        near.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST_F(Streams, OfAnOfferThatWasTakenWithAnUnreadableAnswerKeepTheirPlace) {
    Scenario run;
    ready(run);
    run.b.next_reinvites = {{reply(20ms, 200, Sdp::text("v=0\r\nthis is no description\r\n"))}};
    run.b.checks = false;  // it breaks a rule itself
    run.a.reinvite(Sdp::with_video());
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_EQ(run.b.last_offer()->lines, 2U) << "B believes in two lines";
    EXPECT_FALSE(run.b.last_offer()->further[0].enabled);
    run.expect_conversation();
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    expect_video(run);
}

// Seed 9612 of the random calls.
TEST_F(Streams, AreNotAnsweredToAPeerThatNeverTookTheirLines) {
    Scenario run;
    ready(run);
    run.b.next_reinvites = {{reply(20ms, 200, Sdp::text("v=0\r\nthis is no description\r\n"))}, refuses(488)};
    run.b.checks = false;  // it breaks a rule itself
    run.a.reinvite(Sdp::with_video());
    run.pass(2s);
    run.b.wish = Direction::sendonly;
    run.b.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.belief().remote->lines, 1U) << "those of its offer";
}

TEST_F(Streams, CanBeBroughtByTheSideThatHadRefusedThem) {
    Scenario run;
    run.up();
    run.a.takes_video = true;
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    EXPECT_FALSE(run.a.has_video());
    run.b.takes_video = true;
    run.b.reinvite(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
    EXPECT_EQ(run.a.belief().remote->lines, 2U);
}

TEST_F(Streams, SurviveARefusedChangeOfTheAudio) {
    Scenario run;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.b.next_reinvites = {refuses(488)};
    run.a.reinvite(Sdp::with_video(Direction::inactive, Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(run.hears_music(run.b));
    EXPECT_TRUE(sees_nothing(run, run.b));
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(Streams, AreDeclinedWithoutAFreePortAndNothingElseSuffers) {
    Scenario run;
    ready(run);
    run.world.engine.fail_ports = true;
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.a.has_video());
    run.expect_conversation();
    run.world.engine.fail_ports = false;
}

TEST(Races, Row47_AByeBeforeTheAckOfAReinviteThatAddedVideoEndsBothLegs) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.takes_video = run.b.takes_video = true;
        run.up();
        run.a.ack.after = 1s;
        run.a.reinvite(Sdp::with_video());
        run.pass(100ms);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        run.pass(skew);
        run.a.bye();
        run.pass(500ms);
        EXPECT_EQ(run.a.final_of("BYE"), 200);
        EXPECT_EQ(run.b.received("BYE"), 1U);
        EXPECT_GE(run.b.acks_received(), 2U) << "B's 200 was acknowledged";
        run.pass(2s);
        run.expect_over();
    });
}

// The same where B's 200 waits for the answer in A's ACK.
TEST(Races, Row47_AByeBeforeTheAckThatWasToBringTheAnswerEndsBothLegs) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.takes_video = run.b.takes_video = true;
        run.up();
        run.a.ack.after = 1s;
        run.b.next_reinvites = {{reply(20ms, 200, Sdp::with_video())}};
        run.a.reinvite(Sdp::none());
        run.pass(100ms);
        run.pass(skew);
        run.a.bye();
        run.pass(500ms);
        EXPECT_EQ(run.a.final_of("BYE"), 200);
        EXPECT_GE(run.b.acks_received(), 2U) << "B's 200 was acknowledged";
        EXPECT_EQ(run.b.received("BYE"), 1U);
        run.pass(2s);
        run.expect_over();
    });
}

}  // namespace
}  // namespace simulation
