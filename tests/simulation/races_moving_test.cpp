// Rows 37, 54, 55 and 60 of the race and failure cases: peers that move or vanish, connections that break, a server
// that starts anew.
#include <gmock/gmock.h>

#include "base/bytes.hpp"
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;

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

// A voice in the tone of the phone, from where it was before.
void speak_from(Scenario& run, const Phone& phone, const base::Endpoint& place, std::uint16_t first) {
    constexpr std::uint16_t packets = 10;
    for (std::uint16_t i = 0; i < packets; ++i) {
        std::string packet(12, '\0');
        const auto bytes = std::as_writable_bytes(std::span{packet});
        bytes[0] = std::byte{0x80};
        bytes[1] = std::byte{8};
        base::write_u16(bytes, 2, static_cast<std::uint16_t>(first + i));
        base::write_u32(bytes, 4, 160U * (first + i));
        base::write_u32(bytes, 8, 77);
        run.world.network.send(Datagram{Datagram::Kind::media, place, phone.belief().remote->rtp,
                                        packet + tone_payload(phone.identity().tone, Law::a)});
        run.pass(20ms);
    }
}

TEST(Races, Row37_TheOldPlaceIsHeardForTwoSecondsWhileTheNewOneIsSilent) {
    for (const bool is_a : {true, false}) {
        Scenario run;
        run.world.checks_hearing = false;
        run.up();
        Phone& mover = is_a ? run.a : run.b;
        Phone& other = is_a ? run.b : run.a;
        const base::Endpoint before = mover.identity().rtp;
        mover.talks = false;
        mover.move_to({before.address, 4400});
        mover.reinvite();
        run.pass(1s);
        const auto heard = [&](Instant from) { return other.heard().count(run.world.tone(mover), from, run.now()); };
        const Instant soon = run.now();
        speak_from(run, mover, before, 1);
        EXPECT_GE(heard(soon), 8U);
        run.pass(2s);
        const Instant late = run.now();
        speak_from(run, mover, before, 101);
        EXPECT_EQ(heard(late), 0U);
    }
}

// A re-INVITE with `offer` and another Contact, then BYE from B. Did it go there?
bool moves_the_target(const Sdp& offer, int& status) {
    Scenario run;
    run.up();
    const auto elsewhere = *base::Endpoint::parse("10.1.0.250:5060");
    std::size_t byes = 0;
    run.world.network.attach(elsewhere, [&](const Datagram& datagram) {
        byes += glance(datagram.bytes).is("BYE") ? 1 : 0;
        Datagram forwarded = datagram;
        forwarded.to = run.a.identity().sip;
        run.world.network.send(forwarded);
    });
    run.world.inspector.checks = false;
    run.a.other_contact = "<sip:elsewhere@10.1.0.250:5060>";
    run.a.reinvite(offer);
    run.pass(1s);
    status = run.a.final_of("INVITE");
    run.b.bye();
    run.pass(1s);
    EXPECT_EQ(run.a.received("BYE"), 1U);
    return byes == 1;
}

TEST(Races, Row37_OnlyASuccessMovesTheTarget) {
    int status = 0;
    EXPECT_FALSE(moves_the_target(Sdp::text("v=0\r\nno description\r\n"), status));
    EXPECT_GE(status, 400);
    EXPECT_TRUE(moves_the_target(Sdp{}, status)) << "a refresh";
    EXPECT_EQ(status, 200);
    EXPECT_TRUE(moves_the_target(Sdp::with(Direction::sendonly), status));
    EXPECT_EQ(status, 200);
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

// The 200 goes over the connection on which A repeats its re-INVITE, or over one to where A listens (RFC 3261 §18.2.2).
TEST(Races, Row55_AReinviteWhoseConnectionBreaksIsAnsweredOverANewOne) {
    for (const bool repeats : {true, false}) {
        Scenario run{ScenarioOptions{Kind::tcp, Kind::udp, 1, {}}};
        run.up();
        run.b.next_reinvites = {answers(200ms)};
        run.a.wish = Direction::sendonly;
        run.a.reinvite();
        run.pass(50ms);
        run.world.lose_connection(run.a);
        if (repeats) { run.a.resend("INVITE"); }
        run.pass(1s);
        EXPECT_EQ(run.b.received("INVITE"), 2U) << "B is asked once";
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_FALSE(run.b.belief().speaks());
        run.a.wish = Direction::sendrecv;
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row55_WhatTheServerAsksNextGoesOverTheNewConnection) {
    Scenario run{ScenarioOptions{Kind::tcp, Kind::udp, 1, {}}};
    run.up();
    run.b.next_reinvites = {answers(200ms)};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(50ms);
    run.world.lose_connection(run.a);
    run.pass(1s);
    run.b.wish = Direction::inactive;
    run.b.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.received("INVITE"), 1U) << "after its ACK over the new one";
    run.expect_up();
    run.b.bye();
    run.pass(1s);
    run.expect_over();
}

// Nothing outlives the process: the dialogs are unknown to the next one, which cannot even hang them up. Each peer is
// told so by the 481 to whatever it asks, and ends its leg; none is left with a session that the other does not have. A
// store of the calls' state would let the next process take both legs up where they were: then A's ACK is taken and the
// repeated INVITE answered by the same 200.
TEST(Races, Row60_ARestartBetweenTheFar200AndTheAckEndsBothLegs) {
    with_skew([](Scenario& run, Duration skew) {
        run.world.checks_hearing = false;
        run.up();
        run.a.ack.after = 100ms;
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(41ms + skew);  // A has the 200 since 40 ms, and acknowledges it after 140 ms
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        run.world.restart();
        run.a.checks = run.b.checks = false;  // they believe in a call that nobody knows
        const auto acknowledged = run.b.acks_received();
        std::size_t sent = 0;
        run.world.network.on_arrival = [&](const Datagram& datagram) {
            const bool from_server = datagram.from.address == run.server_address();
            sent += from_server && datagram.kind != Datagram::Kind::media ? 1 : 0;
        };
        run.pass(200ms);
        run.b.resend_final();
        run.pass(200ms);
        EXPECT_EQ(sent, 0U) << "neither A's ACK nor B's 200, come late, is answered";
        run.world.network.on_arrival = {};
        EXPECT_EQ(run.b.acks_received(), acknowledged);
        run.a.resend("INVITE");
        run.pass(20ms);
        EXPECT_EQ(run.a.statuses_of("INVITE").back(), 481);
        for (Phone* const phone : {&run.a, &run.b}) {
            phone->request("OPTIONS");
            run.pass(20ms);
            EXPECT_EQ(phone->final_of("OPTIONS"), 481);
            phone->reinvite();
            run.pass(20ms);
            EXPECT_EQ(phone->final_of("INVITE"), 481);
            run.pass(20ms);
            EXPECT_TRUE(phone->over());
            EXPECT_EQ(phone->final_of("BYE"), 481);
        }
        EXPECT_EQ(run.world.core().call_count(), 0U);
    });
}

}  // namespace
}  // namespace simulation
