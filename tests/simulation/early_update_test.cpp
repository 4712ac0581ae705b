// UPDATE before the call is up (RFC 3311 §5.2): answered here, told to the other leg when it is.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

TEST(EarlyUpdate, IsAnsweredHereAndTheOtherToldWhenTheCallIsUp) {
    for (const bool from_a : {true, false}) {
        with_skew([from_a](Scenario& run, Duration skew) {
            run.a.supports_100rel = true;
            run.a.allows_update = run.b.allows_update = true;
            run.b.on_invite = {reliable(100ms, 183), reply(2s, 200)};
            Phone& near = from_a ? run.a : run.b;
            Phone& far = from_a ? run.b : run.a;
            run.a.invite("b0");
            run.pass(200ms + skew);
            near.wish = Direction::sendonly;
            near.update();
            run.pass(500ms);
            EXPECT_EQ(near.final_of("UPDATE"), 200);
            EXPECT_EQ(far.received("UPDATE"), 0U);
            EXPECT_FALSE(run.hears_music(far)) << "nothing is a hold before the dialog is confirmed";
            run.pass(2s);
            run.expect_up();
            EXPECT_FALSE(far.belief().speaks());
            near.wish = Direction::sendrecv;
            near.reinvite();
            run.pass(1s);
            run.expect_conversation();
        });
    }
}

TEST(EarlyUpdate, WithoutADescriptionIsAnsweredWhateverIsOpen) {
    Scenario run;
    run.a.allows_update = run.b.allows_update = true;
    run.a.invite("b0");
    run.pass(200ms);
    run.a.update(Sdp::none());
    run.b.update(Sdp::none());
    run.pass(100ms);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.b.final_of("UPDATE"), 200);
    run.pass(2s);
    run.expect_conversation();
}

TEST(EarlyUpdate, ThatOvertakesThePrackLeavesBothServed) {
    Scenario run;
    run.a.supports_100rel = run.a.allows_update = true;
    run.world.network.delay(Scenario::request_of(run.a, "PRACK"), 300ms, 1);
    run.b.on_invite = {reliable(100ms, 183), reply(300ms, 200)};
    run.a.invite("b0");
    run.pass(200ms);
    run.a.update(Sdp::with(Direction::sendrecv));
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.a.final_of("PRACK"), 200);
    run.expect_conversation();
}

TEST(EarlyUpdate, IsNoAckOfThe200) {
    Scenario run;
    run.a.allows_update = true;
    run.world.network.lose(Scenario::request_of(run.a, "ACK"), 1);
    run.a.invite("b0");
    run.pass(550ms);
    run.a.update(Sdp::with(Direction::sendrecv));
    run.pass(50ms);
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.pass(200ms);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.a.received("INVITE"), 0U) << "its own is still open";
    run.pass(2s);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_FALSE(run.a.belief().speaks());
}

TEST(EarlyUpdate, OfAForkThatTheMediaDoesNotFollowChangesItsOwnSessionAlone) {
    Scenario run;
    Phone& second = run.add_fork();
    run.b.talks_early = second.talks_early = true;
    run.b.allows_update = true;
    run.b.on_invite = {reliable(100ms, 183), reply(4s, 200)};
    second.on_invite = {reliable(300ms, 183)};
    run.a.invite("b0");
    run.pass(1s);
    run.b.wish = Direction::inactive;
    run.b.update();
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("UPDATE"), 200);
    EXPECT_TRUE(run.hears(run.a, run.world.tone(second)));
    run.b.wish = Direction::sendrecv;
    run.b.update();
    run.pass(4s);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
