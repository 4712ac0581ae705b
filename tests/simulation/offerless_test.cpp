// A re-INVITE without an offer: renegotiation contract, section B.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

const char* const rubbish = "v=0\r\nthis is no answer\r\n";

World::Configure local_offers() {
    return [](config::Config& config) {
        config.renegotiation.offerless = config::Offerless::local;
        for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.offerless = config::Offerless::local; }
    };
}

// In both modes, from both sides.
void in_every_way(const std::function<void(Scenario& run, Phone& near, Phone& far)>& play) {
    for (const bool local : {false, true}) {
        for (const bool from_a : {true, false}) {
            SCOPED_TRACE(std::string{local ? "local, from " : "relay, from "} + (from_a ? "A" : "B"));
            Scenario run{ScenarioOptions{Kind::udp, Kind::udp, 1, local ? local_offers() : World::Configure{}}};
            run.up();
            play(run, from_a ? run.a : run.b, from_a ? run.b : run.a);
        }
    }
}

TEST(Offerless, MusicReachesTheOtherLegWithin20Milliseconds) {
    in_every_way([](Scenario& run, Phone& near, Phone& far) {
        near.ack.after = 2s;
        const Instant asked = run.now();
        near.reinvite(Sdp::none());
        run.pass(1500ms);
        const auto first = far.heard().first(run.music, asked);
        ASSERT_TRUE(first);
        EXPECT_LE(*first - asked, 5ms + 20ms + 5ms);
        EXPECT_TRUE(run.hears_music(far));
        EXPECT_EQ(far.heard().source_count(), 1U);
    });
}

TEST(Offerless, TheOfferIsFullWhateverWasAgreed) {
    in_every_way([](Scenario& run, Phone& near, Phone&) {
        near.wish = Direction::inactive;
        near.reinvite();
        run.pass(1s);
        near.wish = Direction::sendrecv;
        near.reinvite(Sdp::none());
        run.pass(2s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_EQ(near.last_offer()->direction, Direction::sendrecv);
        EXPECT_EQ(near.last_offer()->rtp.address, run.server_address());
        EXPECT_NE(near.last_offer()->payload("pcmu/8000"), nullptr);
        EXPECT_NE(near.last_offer()->payload("pcma/8000"), nullptr);
        run.expect_conversation();
    });
}

TEST(Offerless, ATwoWayAnswerEndsTheMusicWithOneSource) {
    in_every_way([](Scenario& run, Phone& near, Phone& far) {
        near.reinvite(Sdp::none());
        run.pass(2s);
        run.expect_conversation();
        EXPECT_EQ(near.heard().source_count(), 1U);
        EXPECT_EQ(far.heard().source_count(), 1U);
    });
}

TEST(Offerless, ASendonlyAnswerIsHeardWhileItSends) {
    in_every_way([](Scenario& run, Phone& near, Phone& far) {
        near.ack.answer = Sdp::with(Direction::sendonly);
        near.reinvite(Sdp::none());
        run.pass(2s);
        EXPECT_TRUE(run.hears_other(far)) << far.describe();
        EXPECT_TRUE(run.hears_nothing(near));
    });
}

TEST(Offerless, ASendonlyAnswerWithoutSoundIsFilledWithMusic) {
    in_every_way([](Scenario& run, Phone& near, Phone& far) {
        near.talks = false;
        near.ack.answer = Sdp::with(Direction::sendonly);
        near.reinvite(Sdp::none());
        run.pass(2s);
        EXPECT_TRUE(run.hears_music(far)) << far.describe();
    });
}

TEST(Offerless, AHoldingAnswerKeepsTheMusicUntilTheResume) {
    const Sdp holds[] = {Sdp::with(Direction::inactive), Sdp::zero(), Sdp::disabled()};
    for (const Sdp& hold : holds) {
        in_every_way([&](Scenario& run, Phone& near, Phone& far) {
            near.talks = false;
            near.ack.answer = hold;
            near.reinvite(Sdp::none());
            run.pass(3s);
            run.expect_up();
            EXPECT_TRUE(run.hears_music(far)) << far.describe();
            EXPECT_TRUE(run.hears_nothing(near)) << near.describe();
            run.world.allowed_gap = 1h;
            near.talks = true;
            near.ack.answer = {};
            near.reinvite(Sdp::none());
            run.pass(2s);
            run.expect_conversation();
        });
    }
}

TEST(Offerless, ARecvonlyAnswerKeepsTheMusic) {
    in_every_way([](Scenario& run, Phone& near, Phone& far) {
        near.ack.answer = Sdp::with(Direction::recvonly);
        near.reinvite(Sdp::none());
        run.pass(3s);
        EXPECT_TRUE(run.hears_music(far)) << far.describe();
        EXPECT_TRUE(run.hears_other(near)) << near.describe();
    });
}

TEST(Offerless, AnAckWithoutAReadableAnswerEndsBothWithReason488) {
    for (const Sdp& answer : {Sdp::none(), Sdp::text(rubbish)}) {
        in_every_way([&](Scenario& run, Phone& near, Phone&) {
            near.checks = false;
            near.ack.answer = answer;
            near.reinvite(Sdp::none());
            run.pass(3s);
            run.expect_over();
            EXPECT_THAT(run.a.last_request("BYE"), HasSubstr("488"));
            EXPECT_THAT(run.b.last_request("BYE"), HasSubstr("488"));
        });
    }
}

TEST(Offerless, ALostAckEndsBothAfter64T1AndTheFar2xxIsAcknowledged) {
    in_every_way([](Scenario& run, Phone& near, Phone&) {
        run.world.checks_hearing = false;
        near.checks = false;
        near.ack.send = false;
        near.reinvite(Sdp::none());
        run.pass(40s);
        run.expect_over();
        EXPECT_THAT(run.a.last_request("BYE"), HasSubstr("cause=488"));
        EXPECT_THAT(run.b.last_request("BYE"), HasSubstr("cause=488"));
    });
}

TEST(Offerless, AFar2xxWithoutAnOfferIsAcknowledgedWithoutAnAnswer) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        far.checks = false;
        far.next_reinvites = {{reply(20ms, 200, Sdp::none())}};
        const auto acks = far.acks_received();
        near.reinvite(Sdp::none());
        run.pass(2s);
        EXPECT_EQ(near.final_of("INVITE"), 200) << "the offer is made here";
        EXPECT_EQ(far.acks_received(), acks + 1);
        EXPECT_THAT(far.received_ack(), Not(HasSubstr("m=audio"))) << "RFC 3261 section 13.2.1";
        run.expect_conversation();
    }
}

TEST(Offerless, AFarLegThatRefusedItForGoodIsNotAskedAgain) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {refuses(488)};
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    const auto asked = run.b.received("INVITE");
    run.a.reinvite(Sdp::none());
    run.pass(11ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 200) << "at once, from here";
    run.pass(1s);
    EXPECT_EQ(run.b.received("INVITE"), asked);
    run.expect_conversation();
}

TEST(Offerless, CanBeCancelled) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {{reply(10ms, 180), reply(2s, 200)}};
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_TRUE(run.hears_music(run.b));
    run.a.cancel();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 487);
    run.expect_conversation();
}

TEST(Offerless, AByeInTheMiddleEndsBoth) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        run.b.next_reinvites = {{reply(10ms, 180), reply(2s, 200)}};
        run.a.reinvite(Sdp::none());
        run.pass(500ms);
        (from_a ? run.a : run.b).bye();
        run.pass(1s);
        EXPECT_NE(run.a.final_of("INVITE"), 0);
        run.expect_over();
    }
}

TEST(Offerless, WaitsForTheAnswerWhereTheTrunkRefreshesThisWay) {
    Scenario run{[](config::Config& config) {
        config.hold.on_offerless = config::OnOfferless::answer;
        for (auto& [name, trunk] : config.trunks) { trunk.hold.on_offerless = config::OnOfferless::answer; }
    }};
    run.up();
    run.a.ack.after = 1s;
    const Instant asked = run.now();
    run.a.reinvite(Sdp::none());
    run.pass(3s);
    EXPECT_FALSE(run.b.heard().first(run.music, asked));
    run.expect_conversation();
}

TEST(Offerless, RepeatedTwentyTimesLeavesTheCallAsItWas) {
    in_every_way([](Scenario& run, Phone& near, Phone&) {
        for (int i = 0; i < 20; ++i) {
            near.ack.answer = i % 2 == 0 ? Sdp::with(Direction::inactive) : Sdp{};
            near.reinvite(Sdp::none());
            run.pass(300ms);
            EXPECT_EQ(near.final_of("INVITE"), 200);
        }
        run.pass(1s);
        run.expect_conversation();
    });
}

TEST(Offerless, LogsMusicForTheLegThatHearsItAndNoOther) {
    Scenario run;
    run.up();
    run.a.ack.answer = Sdp::with(Direction::inactive);
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_TRUE(run.hears_music(run.b));
    EXPECT_THAT(run.world.report(), HasSubstr("log music.started leg=b"));
    EXPECT_THAT(run.world.report(), Not(HasSubstr("log music.started leg=a")));
    EXPECT_THAT(run.world.report(), Not(HasSubstr("log music.stopped")));
    run.a.reinvite(Sdp::with(Direction::sendrecv));
    run.pass(1s);
    EXPECT_THAT(run.world.report(), HasSubstr("log music.stopped leg=b"));
}

}  // namespace
}  // namespace simulation
