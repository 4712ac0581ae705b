// Rows 1 to 16 and 20 of the race and failure cases: set-up. More of 13 in races_early_test.cpp.
#include <algorithm>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

auto count(const std::vector<int>& statuses, int status) {
    return std::count(statuses.begin(), statuses.end(), status);
}

using testing::AnyOf;
using testing::Contains;
using testing::Eq;
using testing::HasSubstr;

TEST(Races, Row01_ARepeatedInviteAfterThe200IsAnsweredByTheSame200) {
    Scenario run;
    run.a.ack.after = 800ms;
    run.a.invite("b0");
    run.pass(530ms);
    const std::string answer = run.a.final_text("INVITE");
    run.a.resend("INVITE");
    run.pass(2s);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    EXPECT_EQ(count(run.a.statuses_of("INVITE"), 200), 2) << "it comes again after T1";
    EXPECT_EQ(run.a.final_text("INVITE"), answer) << "the same tag, the same description";
    EXPECT_EQ(run.a.dialog_count(), 1);
    run.expect_conversation();
}

TEST(Races, Row02_A200WithoutAckIsRepeatedFor32SecondsThenBothAreHungUp) {
    Scenario run;
    run.world.network.lose(Scenario::request_of(run.a, "ACK"));
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.b.acks_received(), 1U);
    run.pass(30s);
    EXPECT_GE(run.a.statuses_of("INVITE").size(), 12U);
    run.expect_up();
    run.pass(4s);
    run.expect_over();
    EXPECT_EQ(run.a.received("BYE"), 1U);
    EXPECT_EQ(run.b.received("BYE"), 1U);
}

TEST(Races, Row03_EachRepeated200OfTheCalleeGetsTheSameAck) {
    Scenario run;
    run.up();
    const auto statuses = run.a.statuses_of("INVITE").size();
    for (int i = 0; i < 3; ++i) {
        run.b.resend_final();
        run.pass(100ms);
    }
    EXPECT_EQ(run.b.acks_received(), 4U);
    EXPECT_EQ(run.a.statuses_of("INVITE").size(), statuses);
    run.expect_conversation();
}

TEST(Races, Row04_ACancelThatCrossesThe200EndsBothLegs) {
    int answered = 0;
    with_skew([&answered](Scenario& run, Duration skew) {
        run.world.network.all.delay = 20ms;
        run.a.invite("b0");  // B's 200 is under way from 540 to 560 ms, ours to A until 580 ms
        run.pass(510ms + skew);
        run.a.cancel();
        run.pass(3s);
        EXPECT_EQ(run.a.final_of("CANCEL"), 200);
        EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(487), Eq(200)));
        if (run.a.final_of("INVITE") == 200) {
            ++answered;
            EXPECT_EQ(run.a.received("BYE"), 0U) << "the call stands until A's own BYE";
        }
        run.expect_over();
    });
    EXPECT_GT(answered, 0);
    EXPECT_LT(answered, 20);
}

TEST(Races, Row05_ACancelBeforeTheFirstProvisionalWaitsForIt) {
    with_skew([](Scenario& run, Duration skew) {
        run.b.on_invite = {reply(2s, 180)};
        run.a.invite("b0");
        run.pass(100ms + skew);
        run.a.cancel();
        run.pass(20ms);
        EXPECT_EQ(run.a.final_of("CANCEL"), 200);
        EXPECT_EQ(run.a.final_of("INVITE"), 487);
        run.pass(1800ms);
        EXPECT_EQ(run.b.received("CANCEL"), 0U);
        run.pass(500ms);
        EXPECT_EQ(run.b.received("CANCEL"), 1U);
        run.expect_over();
    });
}

TEST(Races, Row05_A200InsteadOfTheFirstProvisionalIsAcknowledgedAndHungUp) {
    with_skew([](Scenario& run, Duration skew) {
        run.b.on_invite = answers(2s);
        run.a.invite("b0");
        run.pass(100ms + skew);
        run.a.cancel();
        run.pass(3s);
        EXPECT_EQ(run.a.final_of("INVITE"), 487);
        EXPECT_EQ(run.b.received("CANCEL"), 0U);
        EXPECT_EQ(run.b.received("BYE"), 1U);
        run.expect_over();
    });
}

TEST(Races, Row06_ACancelledInviteThatNeverEndsIsDroppedAfter64T1) {
    with_skew([](Scenario& run, Duration skew) {
        run.b.on_invite = {reply(20ms, 180)};
        run.b.cancel_status = 0;
        run.a.invite("b0");
        run.pass(500ms + skew);
        run.a.cancel();
        run.pass(100ms);
        EXPECT_EQ(run.a.final_of("INVITE"), 487);
        EXPECT_EQ(run.b.received("CANCEL"), 1U);
        run.pass(40s);
        run.expect_nothing_left();
    });
}

// What timer B has ended is discarded (RFC 3261 §17.1.1.2, §18.1.2); the callee gives up by itself.
TEST(Races, Row06_AnAnswerToAnInviteThatHasTimedOutIsDiscarded) {
    Scenario run;
    run.world.network.lose(Scenario::request_to(run.b, "INVITE"), 6);
    run.b.on_invite = answers(2s);
    run.a.invite("b0");
    run.pass(33s);
    EXPECT_GE(run.a.final_of("INVITE"), 400);
    EXPECT_EQ(run.world.core().call_count(), 0U);
    run.pass(40s);
    EXPECT_TRUE(run.b.ever_up());
    EXPECT_EQ(run.b.received("ACK"), 0U);
    EXPECT_TRUE(run.b.over());
}

TEST(Races, Row07_AByeInTheEarlyDialogEndsTheCall) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.invite("b0");
        run.pass(475ms + skew);
        run.a.bye();
        run.pass(3s);
        EXPECT_EQ(run.a.final_of("BYE"), 200);
        EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(487), Eq(200)));
        run.expect_over();
    });
}

TEST(Races, Row07_AByeLongBeforeTheAnswerIsA487AndACancel) {
    Scenario run;
    run.a.invite("b0");
    run.pass(200ms);
    run.a.bye();
    run.pass(3s);
    EXPECT_EQ(run.a.final_of("BYE"), 200);
    EXPECT_EQ(run.a.final_of("INVITE"), 487);
    EXPECT_EQ(run.b.received("CANCEL"), 1U);
    EXPECT_EQ(run.b.received("BYE"), 0U);
    run.expect_over();
}

TEST(Races, Row08_AByeRightAfterThe200WaitsForTheCallersAck) {
    with_skew([](Scenario& run, Duration skew) {
        run.world.network.delay(Scenario::request_of(run.a, "ACK"), 150ms, 1);
        run.a.invite("b0");
        run.pass(511ms + skew);
        run.b.bye();
        run.pass(90ms);
        EXPECT_EQ(run.b.final_of("BYE"), 200);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_EQ(run.a.received("BYE"), 0U);
        run.pass(1s);
        EXPECT_EQ(run.a.received("BYE"), 1U);
        run.expect_over();
    });
}

TEST(Races, Row08_WithoutTheCallersAckItsByeComesAfter64T1) {
    with_skew([](Scenario& run, Duration skew) {
        run.world.network.lose(Scenario::request_of(run.a, "ACK"));
        run.a.invite("b0");
        run.pass(511ms + skew);
        run.b.bye();
        run.pass(31s);
        EXPECT_EQ(run.b.final_of("BYE"), 200);
        EXPECT_EQ(run.a.received("BYE"), 0U);
        EXPECT_GE(count(run.a.statuses_of("INVITE"), 200), 10);
        run.pass(2s);
        EXPECT_EQ(run.a.received("BYE"), 1U);
        run.expect_over();
    });
}

TEST(Races, Row09_AReinviteBeforeTheCallersAckIsServedLater) {
    Scenario run;
    run.world.network.delay(Scenario::request_of(run.a, "ACK"), 300ms, 1);
    run.a.invite("b0");
    run.pass(550ms);
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.pass(150ms);
    EXPECT_EQ(run.a.received("INVITE"), 0U) << "never in front of A's ACK";
    run.pass(10s);
    EXPECT_EQ(run.a.received("INVITE"), 1U);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_FALSE(run.b.belief().hears());
    run.expect_up();
}

TEST(Races, Row10_AReinviteBeforeTheAnswerOfADelayedOfferIsRefusedUntilItCame) {
    Scenario run;
    run.world.network.delay(Scenario::request_of(run.a, "ACK"), 300ms, 1);
    run.a.invite("b0", Sdp::none());
    run.pass(550ms);
    run.b.retries_glare = false;
    const auto first = run.b.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("INVITE", first), 491);
    run.pass(1s);
    run.expect_conversation();
}

TEST(Races, Row11_ADelayedOfferWithoutAnswerEndsBothWithReason488) {
    Scenario run;
    run.a.checks = false;
    run.a.takes_video = run.b.takes_video = true;
    run.b.on_invite = {reply(50ms, 180), reply(500ms, 200, Sdp::with_video())};
    run.a.ack.answer = Sdp::none();
    run.a.invite("b0", Sdp::none());
    run.pass(3s);
    run.expect_over();
    EXPECT_EQ(run.b.acks_received(), 1U);
    EXPECT_THAT(run.b.received_ack(), AllOf(HasSubstr("\r\nm=audio 0 "), HasSubstr("\r\nm=video 0 ")));
    EXPECT_THAT(run.a.last_request("BYE"), AllOf(HasSubstr("Reason:"), HasSubstr("488")));
    EXPECT_THAT(run.b.last_request("BYE"), AllOf(HasSubstr("Reason:"), HasSubstr("488")));
}

TEST(Races, Row12_TheSecondForkThatAnswersIsAcknowledgedAndHungUp) {
    Scenario run;
    Phone& second = run.world.add_callee(1);
    run.world.pair(run.a, second);
    run.world.checks_hearing = false;
    run.world.network.fork(Scenario::request_to(run.b, "INVITE"), second.identity().sip);
    second.on_invite = rings_then_answers(70ms, 520ms);
    run.up();
    run.pass(1s);
    EXPECT_EQ(second.received("BYE"), 1U);
    EXPECT_EQ(second.acks_received(), 1U);
    EXPECT_EQ(run.a.dialog_count(), 1);
    run.expect_conversation();
}

TEST(Races, Row12_AForkThatAnswersAfterAReinviteIsHungUpToo) {
    for (const Sdp& first : {Sdp{}, Sdp::none()}) {
        Scenario run;
        Phone& second = run.world.add_callee(1);
        run.world.pair(run.a, second);
        run.world.checks_hearing = false;
        const auto to_b = Scenario::request_to(run.b, "INVITE");
        const auto first_only = [to_b](const Datagram& datagram, const Glance& seen) {
            return seen.to_tag.empty() && to_b(datagram, seen);
        };
        run.world.network.fork(first_only, second.identity().sip);
        second.on_invite = {reply(70ms, 180), reply(10s, 200)};
        run.a.invite("b0", first);
        run.pass(2s);
        run.a.reinvite(first.kind == Sdp::Kind::none ? Sdp{} : Sdp::none());  // its ACK is of the other kind
        run.pass(10s);
        EXPECT_EQ(second.received("BYE"), 1U);
        EXPECT_EQ(second.acks_received(), 1U);
        run.expect_conversation();
    }
}

TEST(Races, Row13_MediaMovesToTheForkThatAnswers) {
    Scenario run;
    Phone& second = run.world.add_callee(1);
    run.world.checks_hearing = false;
    run.world.network.fork(Scenario::request_to(run.b, "INVITE"), second.identity().sip);
    Sdp preview;
    preview.kind = Sdp::Kind::described;
    second.on_invite = {reply(50ms, 183, preview)};
    run.a.invite("b0");
    run.pass(3s);
    EXPECT_THAT(run.a.statuses_of("INVITE"), Contains(183));
    EXPECT_EQ(run.a.dialog_count(), 1);
    run.expect_conversation();
}

TEST(Races, Row14_AMissingToTagIsAnEmptyTag) {
    Scenario run;
    Reply ringing = reply(50ms, 180);
    Reply answer = reply(500ms, 200);
    ringing.tag = answer.tag = "";
    run.b.on_invite = {ringing, answer};
    run.up();
    run.expect_conversation();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Races, Row15_A200WithoutSdpIsAcknowledgedAndHungUp) {
    Scenario run;
    run.b.checks = false;
    run.b.on_invite = {reply(50ms, 180), reply(100ms, 200, Sdp::none())};
    run.a.invite("b0");
    run.pass(2s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(488), Eq(500)));
    EXPECT_EQ(run.b.acks_received(), 1U);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.expect_over();
}

TEST(Races, Row16_A200WithUnreadableSdpIsAcknowledgedAndHungUp) {
    Scenario run;
    run.b.checks = false;
    run.b.on_invite = {reply(100ms, 200, Sdp::text("v=0\r\nthis is no description\r\n"))};
    run.a.invite("b0");
    run.pass(2s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(488), Eq(500)));
    EXPECT_EQ(run.b.acks_received(), 1U);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.expect_over();
}

TEST(Races, Row20_ARefusalReachesTheCallerOnce) {
    constexpr std::pair<int, int> mapped[] = {{302, 480}, {401, 502}, {404, 404}, {407, 502}, {480, 480},
                                              {486, 486}, {500, 500}, {503, 500}, {600, 600}, {603, 603}};
    for (const auto& [status, to_caller] : mapped) {
        SCOPED_TRACE(status);
        Scenario run;
        const Phone& elsewhere = run.world.add_callee(1);
        Reply refusal = reply(50ms, status);
        if (status == 401) { refusal.headers = "WWW-Authenticate: Digest realm=\"far\", nonce=\"1\"\r\n"; }
        if (status == 407) { refusal.headers = "Proxy-Authenticate: Digest realm=\"far\", nonce=\"1\"\r\n"; }
        if (status == 302) {
            refusal.headers = "Contact: <sip:elsewhere@" + elsewhere.identity().sip.to_string() + ">\r\n";
        }
        run.b.on_invite = {refusal};
        run.a.invite("b0");
        run.pass(5s);
        EXPECT_THAT(run.a.statuses_of("INVITE"), testing::ElementsAre(100, to_caller));
        EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("realm=\"far\"")));
        EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("elsewhere")));
        EXPECT_EQ(run.b.acks_received(), 1U);
        EXPECT_EQ(run.b.received("INVITE"), 1U);
        EXPECT_EQ(elsewhere.received("INVITE"), 0U) << "relayed, not followed";
        run.expect_over();
    }
}

TEST(Races, Row20_ACalleeThatNeverAnswersIs408) {
    Scenario run;
    run.b.on_invite = is_silent();
    run.a.invite("b0");
    run.pass(40s);
    EXPECT_EQ(run.a.final_of("INVITE"), 408);
}

}  // namespace
}  // namespace simulation
