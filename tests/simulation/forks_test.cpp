// B's proxy asks several, and more than one answers: what of the others must not reach the call, and what they are told
// (RFC 3261 §13.2.2.4). Found by random calls.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

TEST(Forks, WhatALateOneAllowsIsNotTakenForTheOneThatAnswered) {
    Scenario run;
    Phone& second = run.add_fork();
    run.a.allows_update = second.allows_update = true;
    second.on_invite = {reply(70ms, 180), reply(2s, 200)};
    run.up();
    run.pass(2s);
    ASSERT_EQ(second.received("BYE"), 1U);
    run.a.update(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_EQ(run.b.received("UPDATE"), 0U);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Forks, TheAckOfALateOneStaysTheSameWhileTheCallGoesOn) {
    Scenario run;
    Phone& second = run.add_fork();
    second.on_invite = {reply(70ms, 180), reply(2s, 200)};
    run.a.invite("b0", Sdp::none());
    run.pass(1500ms);
    run.world.network.lose(Scenario::request_to(second, "ACK"), 2);
    run.pass(1s);
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(3s);
    EXPECT_EQ(second.acks_received(), 1U);
    EXPECT_THAT(second.received_ack(), HasSubstr("m=audio 0 "));
    EXPECT_EQ(second.received("BYE"), 1U);
    run.expect_up();
}

TEST(Forks, OneThatAnswersAfterTheCallIsHungUp) {
    for (const Sdp& offer : {Sdp{}, Sdp::none()}) {
        Scenario run;
        Phone& second = run.add_fork();
        second.on_invite = {reply(70ms, 180), reply(3s, 200)};
        run.a.invite("b0", offer);
        run.pass(2s);
        run.expect_up();
        run.a.bye();
        run.pass(3s);
        EXPECT_TRUE(second.over());
        EXPECT_EQ(second.received("BYE"), 1U);
        EXPECT_EQ(second.acks_received(), 1U);
        second.resend_final();
        run.pass(1s);
        EXPECT_EQ(second.acks_received(), 2U);
        EXPECT_EQ(second.received("BYE"), 1U);
    }
}

TEST(Forks, TheVoiceOfALateOneIsNotTakenForThatOfTheOneThatAnswered) {
    Scenario run;
    run.b.talks = false;
    Phone& second = run.add_fork();
    second.on_invite = {reply(70ms, 180), reply(600ms, 200)};
    run.world.network.delay(Scenario::request_to(second, "BYE"), 300ms);
    run.a.invite("b0");
    run.pass(3s);
    ASSERT_EQ(second.received("BYE"), 1U);
    EXPECT_TRUE(run.hears_other(run.b));
    EXPECT_TRUE(run.hears_nothing(second));
}

}  // namespace
}  // namespace simulation
