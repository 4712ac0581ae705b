// Rows 13 and 17 to 19 of the race and failure cases: reliable provisional responses, PRACK and UPDATE in early dialogs
// (RFC 3262, 3311).
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::Contains;
using testing::Not;

const auto within_ten_seconds = testing::AllOf(testing::Ge(0), testing::Le(10));

Reply against_the_rule(Reply made) {
    made.by_rule = false;
    return made;
}

TEST(Races, Row13_MediaMovesToTheForkThatAnswersReliably) {
    Scenario run;
    Phone& second = run.add_fork();
    run.b.talks_early = second.talks_early = true;
    run.b.on_invite = {reliable(200ms, 183), reply(5s, 200)};
    second.on_invite = {reliable(1s, 183)};
    run.a.invite("b0");
    run.pass(900ms);
    EXPECT_TRUE(run.hears_other(run.a)) << "B has answered first";
    run.pass(1s);
    EXPECT_TRUE(run.hears(run.a, run.world.tone(second))) << "the second answered last";
    run.pass(4s);
    EXPECT_EQ(run.b.received("PRACK"), 1U);
    EXPECT_EQ(second.received("PRACK"), 1U);
    EXPECT_EQ(run.a.dialog_count(), 1);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    run.expect_conversation();
}

TEST(Races, Row13_ACallerWithReliableResponsesHasThemInOrderWhicheverForkAnswers) {
    for (const bool second_answers : {false, true}) {
        Scenario run;
        Phone& second = run.add_fork();
        run.a.supports_100rel = true;
        run.b.on_invite = {reliable(100ms, 183)};
        second.on_invite = {reliable(150ms, 183)};
        (second_answers ? second : run.b).on_invite.push_back(reply(300ms, 200));
        run.world.network.delay(Scenario::request_of(run.a, "PRACK"), 400ms, 1);
        std::vector<std::string> order;
        run.world.network.on_arrival = [&](const Datagram& datagram) {
            const Glance seen = glance(datagram.bytes);
            const bool shown = datagram.to == run.a.identity().sip && seen.method == "INVITE";
            const bool counts = shown && (seen.status >= 200 || !header_value(datagram.bytes, "RSeq").empty());
            if (counts) { order.push_back(std::to_string(seen.status)); }
            if (datagram.from == run.a.identity().sip && seen.is("PRACK")) { order.emplace_back("PRACK"); }
        };
        run.a.invite("b0");
        run.pass(3s);
        run.world.network.on_arrival = {};
        EXPECT_THAT(order, testing::ElementsAre("183", "PRACK", "200"));
        EXPECT_EQ(run.a.dialog_count(), 1);
        EXPECT_TRUE(run.hears(run.a, run.world.tone(second_answers ? second : run.b)));
    }
}

TEST(Races, Row13_ForksWithDifferentCodecsAreBridgedWhicheverAnswers) {
    for (const bool second_answers : {false, true}) {
        Scenario run;
        Phone& second = run.add_fork();
        run.b.use_only(Law::mu);
        second.use_only(Law::a);
        run.b.on_invite = {reliable(200ms, 183)};
        second.on_invite = {reliable(400ms, 183)};
        (second_answers ? second : run.b).on_invite.push_back(reply(2s, 200));
        run.a.invite("b0");
        run.pass(4s);
        Phone& answered = second_answers ? second : run.b;
        EXPECT_TRUE(answered.up());
        EXPECT_TRUE(run.hears(run.a, run.world.tone(answered)));
        EXPECT_TRUE(run.hears(answered, run.world.tone(run.a)));
        EXPECT_EQ(run.a.dialog_count(), 1);
    }
}

TEST(Races, Row13_AForkThatAnswersAfterItsPrackIsHungUpInItsOwnNumbers) {
    Scenario run;
    Phone& second = run.add_fork();
    run.b.on_invite = {reliable(100ms, 183), reply(500ms, 200)};
    second.on_invite = {reliable(150ms, 183), reply(1s, 200)};
    run.up();
    run.pass(1s);
    EXPECT_EQ(second.received("PRACK"), 1U);
    EXPECT_EQ(second.acks_received(), 1U);
    EXPECT_EQ(second.received("BYE"), 1U);
    run.expect_conversation();
}

TEST(Races, Row13_ASpokenForkWithoutDescriptionDoesNotTakeTheMedia) {
    Scenario run;
    Phone& second = run.add_fork();
    run.b.talks_early = true;
    run.b.on_invite = {reliable(100ms, 183), reply(5s, 200)};
    second.on_invite = {reliable(300ms, 180, Sdp::none()), reply(400ms, 180)};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(second.received("PRACK"), 1U);
    EXPECT_TRUE(run.hears_other(run.a));
    run.pass(5s);
    run.expect_conversation();
}

TEST(Races, Row13_MoreEarlyDialogsThanTheLimitAreIgnoredAndCounted) {
    Scenario run;
    run.b.on_invite.clear();
    for (int i = 0; i < 9; ++i) {
        Reply ringing = reliable(Duration{50ms + i * 20ms}, 180, Sdp::none());
        ringing.tag = "fork" + std::to_string(i);
        run.b.on_invite.push_back(ringing);
    }
    run.b.on_invite.push_back(reply(1s, 200));
    run.world.inspector.checks = false;  // of the ninth no PRACK comes
    run.a.invite("b0");
    run.pass(900ms);
    EXPECT_EQ(run.b.received("PRACK"), 8U);
    EXPECT_EQ(run.world.core().counters().dropped.at("early_dialog"), 2U) << "it is repeated";
    run.pass(2s);
    run.expect_conversation();
}

TEST(Races, Row17_ALostPrackHasThe183RepeatedAndThe200Wait) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.supports_100rel = true;
        run.world.network.lose(Scenario::request_of(run.a, "PRACK"), 2);
        run.b.on_invite = {reliable(100ms, 183), reply(300ms + skew, 200)};
        run.a.invite("b0");
        run.pass(1s);
        EXPECT_GE(run.a.statuses_of("INVITE").size(), 3U) << "100, 183, and 183 again";
        EXPECT_EQ(run.b.received("PRACK"), 1U) << "ours is our own";
        EXPECT_EQ(run.b.acks_received(), 1U) << "B's 200 is acknowledged at once";
        EXPECT_EQ(run.a.final_of("INVITE"), 0);
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("PRACK"), 200);
        run.expect_conversation();
    });
}

TEST(Races, Row17_WithoutAPrackFor32SecondsTheCallerGets504AndTheCalleeIsCancelled) {
    Scenario run;
    run.a.supports_100rel = true;
    run.world.network.lose(Scenario::request_of(run.a, "PRACK"));
    run.b.on_invite = {reliable(100ms, 183)};
    run.a.invite("b0");
    run.pass(32s);
    EXPECT_EQ(run.a.final_of("INVITE"), 0);
    run.pass(500ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 504);
    EXPECT_EQ(run.b.received("CANCEL"), 1U);
    run.expect_over();
}

TEST(Races, Row17_WithoutAPrackACalleeThatHasAnsweredIsHungUp) {
    Scenario run;
    run.a.supports_100rel = true;
    run.world.network.lose(Scenario::request_of(run.a, "PRACK"));
    run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
    run.a.invite("b0");
    run.pass(33s);
    EXPECT_EQ(run.a.final_of("INVITE"), 504);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.expect_over();
}

TEST(Races, Row18_WhatComesBehindAGapIsNeitherAcknowledgedNorShown) {
    Scenario run;
    Reply behind = reliable(200ms, 182, Sdp::none());
    behind.rseq_step = 2;
    run.b.on_invite = {reliable(100ms, 183), behind, reply(500ms, 200)};
    run.up();
    EXPECT_EQ(run.b.received("PRACK"), 1U);
    EXPECT_THAT(run.a.statuses_of("INVITE"), Not(Contains(182)));
    run.expect_conversation();
}

TEST(Races, Row18_ASecondOneBeforeThePrackOfTheFirstIsAcknowledgedInItsTurn) {
    Scenario run;
    run.b.on_invite = {reliable(100ms, 183), against_the_rule(reliable(101ms, 180, Sdp::none())), reply(500ms, 200)};
    run.up();
    EXPECT_EQ(run.b.received("PRACK"), 2U);
    run.expect_conversation();
}

TEST(Races, Row19_AnUpdateBeforeTheFirstAnswerIs500) {
    Scenario run;  // what an unreliable 183 says is no answer yet (RFC 3311 §5.2)
    run.a.checks = false;
    run.b.on_invite = {reply(100ms, 183, Sdp::with(Direction::sendrecv)), reply(1s, 200)};
    run.a.invite("b0");
    run.pass(500ms);
    run.a.update(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    EXPECT_EQ(run.a.final_of("UPDATE"), 500);
    EXPECT_THAT(retry_after(run.a, "UPDATE"), within_ten_seconds);
    EXPECT_EQ(run.b.received("UPDATE"), 0U);
    run.pass(2s);
    run.expect_conversation();
}

TEST(Races, Row19_AnUpdateWhileOurOfferInA183IsOpenIs491) {
    Scenario run;
    run.a.checks = false;
    run.a.supports_100rel = true;
    run.a.pracks = false;
    run.b.on_invite = {reliable(100ms, 183)};
    run.a.invite("b0", Sdp::none());
    run.pass(500ms);
    run.a.update(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    EXPECT_EQ(run.a.final_of("UPDATE"), 491);
    EXPECT_EQ(run.b.received("UPDATE"), 0U);
    run.a.cancel();
    run.pass(1s);
}

TEST(Races, Row19_AnUpdateOfTheCalleeMeetsOurOfferOrItsOwn) {
    Scenario run;
    run.b.allows_update = true;
    run.b.checks = false;
    run.b.retries_glare = false;
    run.b.on_invite = {reply(100ms, 183, Sdp::with(Direction::sendrecv)), reply(1s, 200)};
    run.a.invite("b0");
    run.pass(500ms);
    run.b.update(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    EXPECT_EQ(run.b.final_of("UPDATE"), 491) << "our INVITE's offer is open";
    run.pass(2s);
    run.expect_conversation();
}

TEST(Races, Row19_AnUpdateOfTheCalleeWhoseOwnOfferIsOpenIs500) {
    Scenario run;
    run.a.supports_100rel = true;
    run.b.checks = false;
    run.world.network.delay(Scenario::request_of(run.a, "PRACK"), 1s);
    run.b.on_invite = {reliable(100ms, 183), reply(2s, 200)};
    run.a.invite("b0", Sdp::none());
    run.pass(500ms);
    run.b.update(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    EXPECT_EQ(run.b.final_of("UPDATE"), 500);
    EXPECT_THAT(retry_after(run.b, "UPDATE"), within_ten_seconds);
    run.pass(4s);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
