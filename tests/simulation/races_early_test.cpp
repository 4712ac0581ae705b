// Rows 13 and 17 to 19 of the race and failure cases: reliable provisional responses, PRACK and UPDATE in early dialogs
// (RFC 3262, 3311).
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

Reply against_the_rule(Reply made) {
    made.by_rule = false;
    return made;
}

// A second phone that the far side's proxy rings as well.
Phone& fork_to(Scenario& run) {
    Phone& second = run.world.add_callee(1);
    run.world.pair(run.a, second);
    run.world.checks_hearing = false;
    const auto initial = [to_b = Scenario::request_to(run.b, "INVITE")](const Datagram& datagram, const Glance& seen) {
        return seen.to_tag.empty() && to_b(datagram, seen);
    };
    run.world.network.fork(initial, second.identity().sip);
    return second;
}

TEST(Races, Row13_MediaMovesToTheForkThatAnswersReliably) {
    Scenario run;
    Phone& second = fork_to(run);
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

TEST(Races, Row13_ForksWithDifferentCodecsAreBridgedWhicheverAnswers) {
    for (const bool second_answers : {false, true}) {
        Scenario run;
        Phone& second = fork_to(run);
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
    Phone& second = fork_to(run);
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
    Phone& second = fork_to(run);
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

TEST(Prack, AReliable183IsAcknowledgedForACallerThatKnowsNothingOfIt) {
    Scenario run;
    run.b.talks_early = true;
    run.b.on_invite = {reliable(100ms, 183), reply(2s, 200)};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.b.received("PRACK"), 1U);
    EXPECT_THAT(run.b.last_request("INVITE"), AllOf(HasSubstr("Supported: 100rel\r\n"), Not(HasSubstr("Require"))));
    EXPECT_TRUE(run.hears_other(run.a));
    run.pass(2s);
    run.expect_conversation();
}

TEST(Prack, ALostPrackIsRepeatedAndALost183IsAcknowledgedOnce) {
    for (const bool prack : {true, false}) {
        Scenario run;
        const auto provisional = [from = run.b.identity().sip](const Datagram& datagram, const Glance& seen) {
            return datagram.from == from && seen.status == 183;
        };
        run.world.network.lose(prack ? Scenario::request_to(run.b, "PRACK") : provisional, 1);
        run.b.on_invite = {reliable(100ms, 183), reply(3s, 200)};
        run.a.invite("b0");
        run.pass(5s);
        EXPECT_EQ(run.b.received("PRACK"), 1U);
        run.expect_conversation();
    }
}

TEST(Prack, IsSentAgainWithCredentialsWhenTheTrunkAsks) {
    Scenario run{[](config::Config& config) { config.trunks["b0"].auth = {"user", "secret"}; }};
    run.b.checks = run.world.inspector.checks = false;  // which know nothing of that
    Reply challenge = reply({}, 401);
    challenge.headers = "WWW-Authenticate: Digest realm=\"far\", nonce=\"1\"\r\n";
    run.b.on_prack = {challenge};
    run.b.on_invite = {reliable(100ms, 180, Sdp::none()), reply(1s, 200)};
    run.up();
    EXPECT_EQ(run.b.received("PRACK"), 2U);
    EXPECT_THAT(run.b.last_request("PRACK"), HasSubstr("Authorization: Digest"));
}

TEST(Prack, AReliableResponseThatCrossesOurCancelIsAcknowledgedToo) {
    Scenario run;
    run.b.on_invite = {reply(50ms, 180), reliable(303ms, 183)};
    run.b.answers_cancel = false;
    run.a.invite("b0");
    run.pass(290ms);
    run.a.cancel();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 487);
    EXPECT_EQ(run.b.received("PRACK"), 1U);
    run.b.cancel_status = 0;
    run.pass(40s);
    EXPECT_EQ(run.world.core().call_count(), 0U);
}

TEST(Prack, AnOfferInAReliable183IsAnsweredHereForACallerWithout100rel) {
    Scenario run;
    run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
    run.a.invite("b0", Sdp::none());
    run.pass(500ms);
    EXPECT_THAT(run.b.last_request("PRACK"), HasSubstr("m=audio"));
    EXPECT_THAT(run.a.statuses_of("INVITE"), Contains(183));
    run.pass(2s);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("m=audio"));
    EXPECT_THAT(run.b.received_ack(), Not(HasSubstr("m=audio"))) << "its offer was answered before";
    run.expect_conversation();
}

TEST(Prack, AnOfferInAReliable183ThatCannotBeUsedIsDeclinedAndTheInviteToo) {
    Scenario run;
    run.b.checks = false;
    run.b.on_invite = {reliable(100ms, 183,
                                Sdp::text("v=0\r\no=- 1 1 IN IP4 10.2.0.101\r\ns=-\r\nt=0 0\r\n"
                                          "m=audio 4000 RTP/AVP 98\r\nc=IN IP4 10.2.0.101\r\n"
                                          "a=rtpmap:98 unknown/8000\r\n"))};
    run.a.invite("b0", Sdp::none());
    run.pass(2s);
    EXPECT_THAT(run.b.last_request("PRACK"), HasSubstr("m=audio 0"));
    EXPECT_EQ(run.b.received("CANCEL"), 1U);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    run.expect_over();
}

TEST(Prack, AnAnswerInAReliable183ThatCannotBeUsedCountsAsNone) {
    Scenario run;
    run.b.on_invite = {reliable(100ms, 183, Sdp::text("v=0\r\nthis is no description\r\n")), reply(1s, 200)};
    run.up();
    EXPECT_EQ(run.b.received("PRACK"), 1U);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
