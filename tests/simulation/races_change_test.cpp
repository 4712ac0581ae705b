// Rows 25, 30, 36, 39, 41 and 59 of the race and failure cases: changes that end halfway or elsewhere.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

const char* const secured =
    "v=0\r\no=- 7 99 IN IP4 10.1.0.101\r\ns=-\r\nc=IN IP4 10.1.0.101\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8 0\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";

TEST(Races, Row25_TheMusicSourceMayHaveAnotherCodecThanItsHolder) {
    for (const bool is_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& holder = is_a ? run.a : run.b;
        Phone& held = is_a ? run.b : run.a;
        run.world.checks_hearing = false;
        const Instant begun = run.now();
        holder.use_only(Law::mu);
        holder.ack.answer = Sdp::with(Direction::sendonly);
        holder.voice = Speech::music;
        holder.reinvite(Sdp::none());
        run.pass(1s);
        EXPECT_TRUE(run.hears(held, Sound{Sound::Kind::chord, holder.identity().tone})) << held.describe();
        holder.use_only(Law::a);
        holder.ack.answer = {};
        holder.voice = Speech::tone;
        holder.reinvite(Sdp::none());
        run.pass(1s);
        run.expect_conversation();
        EXPECT_LE(held.heard().longest_gap(begun, run.now()), 200ms);
    }
}

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

// «Unless changed by a completed UPDATE or PRACK»: there is none while a re-INVITE is open. Ours do not take reliable
// responses, and an UPDATE with an offer meets that of the re-INVITE: 491.
TEST(Races, Row36_AProvisionalDescriptionBeforeARefusalLeavesNoTrace) {
    for (const int provisional : {180, 183}) {
        Scenario run;
        run.up();
        Sdp preview = Sdp::with(Direction::recvonly);
        run.b.next_reinvites = {{reply(20ms, provisional, preview), reply(400ms, 488)}};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(200ms);
        EXPECT_TRUE(run.hears_other(run.b)) << "the session in force stays so until the final response";
        EXPECT_TRUE(run.hears_other(run.a)) << "that in the other direction too";
        EXPECT_EQ(run.a.final_of("INVITE"), 0);
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

// Every codec that we have can be bridged: what cannot be healed is an offer of others alone.
TEST(Races, Row30_WhereThereIsNothingToHealWithAReinviteIs488AndNothingChanges) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        const std::string address = near.identity().rtp.address.to_string();
        const std::size_t asked = far.received("INVITE");
        const View before = *near.belief().remote;
        near.checks = false;
        near.reinvite(Sdp::text("v=0\r\no=- 7 99 IN IP4 " + address + "\r\ns=-\r\nc=IN IP4 " + address +
                                "\r\nt=0 0\r\nm=audio 4000 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n"));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 488);
        EXPECT_THAT(near.final_text("INVITE"), HasSubstr("Warning: 305 "));
        EXPECT_EQ(far.received("INVITE"), asked);
        EXPECT_EQ(near.belief().remote->rtp, before.rtp);
        EXPECT_EQ(near.belief().remote->payloads, before.payloads);
        run.expect_conversation();
        near.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_FALSE(far.belief().speaks());
    }
}

TEST(Races, Row39_AnAckOfAnotherNumberIsNotTheAck) {
    Scenario run;
    run.up();
    run.a.ack.send = false;
    const auto number = run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    std::string ack = run.a.last_ack();
    const std::string right = "CSeq: " + std::to_string(number) + " ACK";
    ack.replace(ack.find(right), right.size(), "CSeq: " + std::to_string(number + 7) + " ACK");
    run.a.send_raw(ack);
    run.pass(28s);
    EXPECT_GE(run.a.statuses_of("INVITE").size(), 12U);
    run.pass(5s);
    run.expect_over();
}

// RFC 3261 §13.2.2.4: a 2xx is acknowledged in a transaction of its own.
TEST(Races, Row39_AnAckWithTheBranchOfTheInviteIsNotTheAck) {
    Scenario run;
    run.up();
    run.a.ack.send = false;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    run.a.send_raw(run.a.last_ack_with_branch_of_invite());
    run.pass(28s);
    EXPECT_GE(run.a.statuses_of("INVITE").size(), 12U) << "the 200 comes again and again";
    run.pass(5s);
    run.expect_over();
}

TEST(Races, Row39_AnInitialAckWithTheBranchOfTheInviteIsTheAck) {
    Scenario run;
    run.a.ack.send = false;
    run.a.invite("b0");
    run.pass(600ms);
    run.a.send_raw(run.a.last_ack_with_branch_of_invite());
    run.pass(40s);
    run.expect_conversation();
}

TEST(Races, Row41_EveryLineOfAnOfferWithFewerCodecsIsAnsweredInTheAck) {
    Scenario run;
    run.a.takes_video = run.b.takes_video = true;
    run.up();
    run.b.use_only(Law::mu);
    run.b.next_reinvites = {{reply(20ms, 200, Sdp::with_video())}};
    run.a.ack.answer = Sdp::with(Direction::sendrecv);  // the picture is refused
    run.a.reinvite(Sdp::none());
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    const std::string ack = run.b.received_ack();
    EXPECT_THAT(ack, HasSubstr("\r\nm=audio "));
    EXPECT_THAT(ack, Not(HasSubstr("\r\nm=audio 0 ")));
    EXPECT_THAT(ack, HasSubstr("\r\nm=video 0 "));
    run.expect_conversation();
}

// Where keyed media is not spoken it is never answered as if it were plain.
TEST(Races, Row59_AnInviteForSecuredAudioIs488WithAWarning) {
    Scenario run{[](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.srtp = config::Srtp::off; }
    }};
    run.a.checks = false;
    run.a.invite("b0", Sdp::text(secured));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Warning: "));
    EXPECT_EQ(run.b.received("INVITE"), 0U);
    EXPECT_TRUE(run.a.over());
}

TEST(Races, Row59_AReinviteToSecuredAudioIs488AndThePlainCallGoesOn) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        const std::size_t asked = far.received("INVITE");
        near.checks = false;
        near.reinvite(Sdp::text(secured));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 488);
        EXPECT_THAT(near.final_text("INVITE"), HasSubstr("Warning: "));
        EXPECT_EQ(far.received("INVITE"), asked);
        run.expect_conversation();
        near.reinvite();  // and back
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        run.expect_conversation();
    }
}

}  // namespace
}  // namespace simulation
