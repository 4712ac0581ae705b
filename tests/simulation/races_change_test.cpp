// Rows 25, 36, 37, 54 and 60 of the race and failure cases: changes that end halfway or elsewhere, and peers that move
// or vanish.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

// RFC 7088 §2.1 with the holder as the executing agent: its music source answers B's offer, and later it does itself.
TEST(Races, Row25_AHolderMayPutItsMusicSourceInItsPlace) {
    for (const bool is_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& holder = is_a ? run.a : run.b;
        Phone& held = is_a ? run.b : run.a;
        run.world.checks_hearing = false;  // the holder's voice stands for its source
        holder.ack.answer = Sdp::with(Direction::sendonly);
        holder.ack.answer.rtp = base::Endpoint{holder.identity().rtp.address, 4400};
        holder.voice = Speech::music;
        const std::size_t asked = held.received("INVITE");
        holder.reinvite(Sdp::none());
        run.pass(1s);
        EXPECT_EQ(held.received("INVITE"), asked + 1);
        EXPECT_THAT(held.last_request("INVITE"), Not(HasSubstr("m=audio"))) << "asked without an offer, as we were";
        EXPECT_FALSE(held.belief().speaks());
        EXPECT_TRUE(run.hears(held, Sound{Sound::Kind::chord, holder.identity().tone})) << held.describe();
        holder.ack.answer = {};
        holder.ack.answer.rtp = holder.identity().rtp;
        holder.voice = Speech::tone;
        holder.reinvite(Sdp::none());
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row36_AProvisionalDescriptionBeforeARefusalLeavesNoTrace) {
    for (const int provisional : {180, 183}) {
        Scenario run;
        run.up();
        Sdp preview = Sdp::with(Direction::recvonly);
        run.b.next_reinvites = {{reply(20ms, provisional, preview), reply(400ms, 488)}};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(200ms);
        EXPECT_TRUE(run.hears_other(run.b)) << "the session in force stays so until the final response";
        EXPECT_EQ(run.a.final_of("INVITE"), 0);
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row37_APeerThatMovesIsFollowedAndItsOldPlaceHeardForTwoSecondsAtMost) {
    for (const bool is_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& mover = is_a ? run.a : run.b;
        const base::Endpoint moved{mover.identity().rtp.address, 4400};
        mover.move_to(moved);
        mover.reinvite();
        const Instant asked = run.now();
        run.pass(50ms);
        const auto heard = mover.heard().first(run.world.tone(is_a ? run.b : run.a), asked + 10ms);
        ASSERT_TRUE(heard);
        EXPECT_LT(*heard - asked, 200ms);
        run.pass(2s);
        run.expect_conversation();
        EXPECT_EQ((is_a ? run.b : run.a).received("INVITE"), is_a ? 1U : 0U) << "it is nothing for the far leg";
    }
}

TEST(Races, Row37_OnlyASuccessMovesTheTarget) {
    Scenario run;
    run.up();
    const std::string elsewhere = "Contact: <sip:elsewhere@10.1.0.250:5060>\r\n";
    run.world.inspector.checks = false;
    run.a.reinvite(Sdp::text("v=0\r\nno description\r\n"), elsewhere);
    run.pass(1s);
    EXPECT_GE(run.a.final_of("INVITE"), 400);
    run.b.bye();
    run.pass(1s);
    EXPECT_EQ(run.a.received("BYE"), 1U) << "it went to where A was when last it succeeded";
}

TEST(Races, Row54_AFarLegThatVanishesEndsTheCallWithin32Seconds) {
    Scenario run;
    run.up();
    run.world.refuse(run.b.identity().sip);
    run.b.checks = false;  // it is never told
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(408, 500, 503));
    run.pass(31s);
    EXPECT_TRUE(run.a.over());
    EXPECT_EQ(run.world.core().call_count(), 0U);
    run.world.reach_all();
}

// Without a store the calls are gone: both dialogs must end, and neither stay half changed.
TEST(Races, Row60_ARestartBetweenTheFar200AndTheAckEndsBothLegs) {
    Scenario run;
    run.world.checks_hearing = false;
    run.up();
    run.world.network.lose(Scenario::request_to(run.b, "ACK"), 1);
    run.a.ack.after = 1s;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(500ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    run.world.restart();
    run.a.checks = run.b.checks = false;  // they believe in a call that nobody knows
    run.pass(2s);
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 481);
    run.pass(40s);
    run.expect_over();
}

}  // namespace
}  // namespace simulation
