// Reliable provisional responses of the callee and the PRACKs that they get (RFC 3262 §4, §5).
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Prack, AReliable183IsAcknowledgedForACallerThatKnowsNothingOfIt) {
    Scenario run;
    run.b.talks_early = true;
    run.b.on_invite = {reliable(100ms, 183), reply(2s, 200)};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.b.received("PRACK"), 1U);
    EXPECT_THAT(run.b.last_request("INVITE"), AllOf(HasSubstr("Supported: 100rel"), Not(HasSubstr("Require"))));
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
