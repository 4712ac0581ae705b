// UPDATE (RFC 3311) in the confirmed dialog, and rows 29 and 46 of the race and failure cases.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Ge;
using testing::Le;

// Both phones take UPDATE.
void with_update(Scenario& run) {
    run.a.allows_update = true;
    run.b.allows_update = true;
    run.up();
}

TEST(Update, AHoldIsRelayedAsAnUpdateWhereTheFarLegTakesOne) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        with_update(run);
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        near.wish = Direction::sendonly;
        near.update();
        run.pass(1s);
        EXPECT_EQ(near.final_of("UPDATE"), 200);
        EXPECT_EQ(far.received("UPDATE"), 1U);
        EXPECT_FALSE(far.belief().speaks());
        near.wish = Direction::sendrecv;
        near.update();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Update, IsRelayedAsAReinviteWhereTheFarLegTakesNone) {
    Scenario run;
    run.a.allows_update = true;
    run.up();
    run.a.update(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    EXPECT_TRUE(run.hears_music(run.b));
}

TEST(Update, IsAnsweredWithin100MillisecondsWhateverTheFarLegDoes) {
    for (const auto& far : {is_silent(), answers(3s), refuses(488, 2s)}) {
        Scenario run;
        with_update(run);
        run.b.next_updates = {far};
        run.a.update(Sdp::with(Direction::inactive));
        const Instant asked = run.now();
        while (run.a.final_of("UPDATE") == 0 && run.now() - asked < 1s) { run.pass(1ms); }
        EXPECT_EQ(run.a.final_of("UPDATE"), 200);
        EXPECT_LE(run.now() - asked, 100ms + 11ms);
        run.pass(5s);
        EXPECT_TRUE(run.hears_music(run.b)) << run.b.describe();
        if (far.empty()) { return; }  // the dialog of a peer that never answers ends
        run.a.update();
        run.pass(5s);
        run.expect_conversation();
    }
}

TEST(Update, ThatTheFarLegRefusesIsHealed) {
    Scenario run;
    with_update(run);
    run.b.next_updates = {refuses(488)};
    run.a.update(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_TRUE(run.hears_music(run.b));
    run.a.update();
    run.pass(1s);
    run.expect_conversation();
}

TEST(Update, ThatTheFarLegAllowsButDoesNotKnowBecomesAReinvite) {
    Scenario run;
    with_update(run);
    run.b.next_updates = {refuses(501)};
    run.a.update(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Races, Row19_AnUpdateBeforeTheOneBeforeIsAnsweredIs500) {
    with_skew([](Scenario& run, Duration skew) {
        with_update(run);
        run.b.next_updates = {answers(3s)};  // A's is answered after 100 ms all the same
        run.a.checks = false;
        const auto first = run.a.update(Sdp::with(Direction::sendonly));
        run.pass(skew);
        const auto second = run.a.update(Sdp::with(Direction::inactive));
        run.pass(20ms);
        EXPECT_EQ(run.a.final_of("UPDATE", first), 0);
        EXPECT_EQ(run.a.final_of("UPDATE", second), 500);
        EXPECT_THAT(retry_after(run.a, "UPDATE"), AllOf(Ge(0), Le(10)));
        EXPECT_EQ(run.b.received("UPDATE") + run.b.received("INVITE"), 2U) << "its first INVITE, A's first UPDATE";
        run.pass(5s);
        EXPECT_EQ(run.a.final_of("UPDATE", first), 200);
        EXPECT_EQ(run.b.belief().remote->direction, Direction::sendonly);
    });
}

TEST(Races, Row29_AnUpdateWhileTheFarLegsReinviteIsPendingIs491AndBothRecover) {
    with_skew([](Scenario& run, Duration skew) {
        with_update(run);
        run.a.on_reinvite = answers(100ms);
        run.b.wish = Direction::sendonly;
        run.b.reinvite();
        run.pass(skew);  // ours is open on leg A from 5 to 115 ms
        const auto first = run.a.update();
        run.pass(10s);
        EXPECT_EQ(run.a.final_of("UPDATE", first), 491);
        EXPECT_EQ(run.b.final_of("INVITE"), 200);
        EXPECT_EQ(run.a.final_of("UPDATE"), 200) << "at the latest when it is tried again";
        EXPECT_FALSE(run.a.belief().speaks()) << "B holds";
        run.b.wish = Direction::sendrecv;
        run.b.reinvite();
        run.pass(2s);
        run.expect_conversation();
    });
}

TEST(Races, Row46_AnUpdateWithoutSdpIsAnsweredWithoutAndChangesNothing) {
    Scenario run;
    with_update(run);
    run.a.update(Sdp::none());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.a.final_text("UPDATE").find("application/sdp"), std::string::npos);
    EXPECT_EQ(run.b.received("UPDATE"), 0U);
    run.expect_conversation();
}

TEST(Races, Row46_AnUpdateWithoutSdpCancelsNoOffer) {
    Scenario run;
    with_update(run);
    run.b.next_reinvites = {answers(500ms)};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    run.b.update(Sdp::none());
    run.pass(100ms);
    EXPECT_EQ(run.b.final_of("UPDATE"), 200);
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.b.belief().speaks());
}

// Row 46 beside a re-INVITE of the same peer: what that gets is what it would have got.
TEST(Races, Row46_AnUpdateWithoutSdpPassesBesideThePeersOwnReinvite) {
    for (const int status : {200, 488, 491}) {
        SCOPED_TRACE(status);
        Scenario run;
        with_update(run);
        run.b.next_reinvites = {{reply(500ms, status)}};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(100ms);
        run.a.update(Sdp::none());
        run.pass(100ms);
        EXPECT_EQ(run.a.final_of("UPDATE"), 200);
        EXPECT_EQ(run.a.final_of("INVITE"), 0);
        run.pass(6s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_FALSE(run.a.belief().hears());
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row46_AnUpdateWithoutSdpPassesBetweenTheOfferOfOur200AndItsAck) {
    Scenario run;
    with_update(run);
    run.a.ack.after = 300ms;
    run.a.ack.answer = Sdp::with(Direction::sendonly);
    run.a.reinvite(Sdp::none());
    run.pass(150ms);
    run.a.update(Sdp::none());
    run.pass(100ms);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    run.pass(1s);
    EXPECT_FALSE(run.b.belief().speaks());
    const auto& counted = run.world.core().counters().renegotiations_total;
    EXPECT_TRUE(counted.contains({"a", "offerless", "relayed"})) << "it is known still what the re-INVITE was";
    run.a.ack.answer = {};
    run.a.reinvite();
    run.pass(1s);
    run.expect_conversation();
}

TEST(Update, WithoutSdpTakesNothingFromTheSessionTimerOfTheOpenReinvite) {
    Scenario run;
    with_update(run);
    run.b.next_reinvites = {answers(500ms)};
    run.a.reinvite(Sdp::with(Direction::sendonly), "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n");
    run.pass(100ms);
    run.a.update(Sdp::none());
    run.pass(1s);
    EXPECT_THAT(run.a.final_text("INVITE"), testing::HasSubstr("Session-Expires: 600"));
}

TEST(Requests, ThatChangeNothingPassDuringAReinvite) {
    for (const bool same_leg : {true, false}) {
        for (const char* const method : {"INFO", "OPTIONS", "MESSAGE"}) {
            SCOPED_TRACE(method);
            Scenario run;
            run.up();
            run.b.next_reinvites = {answers(500ms)};
            run.a.reinvite(Sdp::with(Direction::sendonly));
            run.pass(100ms);
            Phone& sender = same_leg ? run.a : run.b;
            sender.request(method, "", "text/plain", "hello");
            run.pass(150ms);
            EXPECT_EQ(sender.final_of(method), 200);
            EXPECT_EQ(run.a.final_of("INVITE"), 0);
            run.pass(1s);
            EXPECT_EQ(run.a.final_of("INVITE"), 200);
            EXPECT_FALSE(run.b.belief().speaks());
        }
    }
}

// RFC 3311 §5.2: an offer of ours would make it 491. Here its own has no answer yet, which the caller's ACK brings.
TEST(Update, BehindAnOfferOfItsOwnSenderIs500) {
    Scenario run;
    with_update(run);
    run.b.on_reinvite = answers(200ms);
    run.a.ack.after = 500ms;
    run.world.network.delay(Scenario::request_of(run.b, "UPDATE"), 300ms, 1);
    run.a.reinvite(Sdp::none());
    run.pass(100ms);
    run.b.update(Sdp::with(Direction::sendonly));
    run.pass(400ms);
    EXPECT_EQ(run.b.final_of("UPDATE"), 500);
    EXPECT_NE(run.b.final_text("UPDATE").find("Retry-After: "), std::string::npos);
    run.pass(2s);
    run.expect_conversation();
}

// It knows UPDATE no more, which says nothing of holds.
TEST(Update, ThatTheFarLegDoesNotKnowIsNoRefusalOfWhatItAskedFor) {
    for (const bool heals : {true, false}) {
        Scenario run{[heals](config::Config& config) {
            for (auto& [name, trunk] : config.trunks) {
                trunk.renegotiation.glare_retries = 0;
                if (!heals) { trunk.renegotiation.on_refusal = config::OnRefusal::pass; }
            }
        }};
        with_update(run);
        run.b.next_updates = {refuses(405)};
        for (int i = 0; i < 2; ++i) {
            run.a.update(Sdp::with(Direction::sendonly));
            run.pass(1s);
            EXPECT_EQ(run.a.final_of("UPDATE"), 200);
            EXPECT_FALSE(run.b.belief().speaks());
            run.a.update();
            run.pass(1s);
            run.expect_conversation();
        }
    }
}

}  // namespace
}  // namespace simulation
