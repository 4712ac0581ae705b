// What a trunk's own settings do to a call: header fields, identities, numbers, codecs, credentials.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

config::Trunk& callers(config::Config& config) { return config.trunks.at("callers"); }
config::Trunk& callee(config::Config& config) { return config.trunks.at("b0"); }

constexpr const char* marked = "X-Internal-Id: 7\r\nX-Open: 1\r\n";

TEST(TrunkHeaders, ThatAreRemovedReachTheTrunkInNoMessage) {
    Scenario run{[](config::Config& config) { callee(config).headers_remove = {"X-Internal-*"}; }};
    run.a.invite("b0", {}, marked);
    run.pass(2s);
    run.a.request("INFO", marked, "application/dtmf-relay", "Signal=5\r\n");
    run.pass(1s);
    for (const char* const method : {"INVITE", "INFO"}) {
        EXPECT_THAT(run.b.last_request(method), HasSubstr("X-Open: 1")) << method;
        EXPECT_THAT(run.b.last_request(method), Not(HasSubstr("X-Internal-Id"))) << method;
    }
    run.expect_conversation();
}

TEST(TrunkHeaders, ThatAreRemovedAreRemovedFromAnswersToo) {
    Scenario run{[](config::Config& config) { callers(config).headers_remove = {"x-internal-*"}; }};
    run.b.on_invite = rings_then_answers();
    run.b.on_reinvite = answers(20ms);
    run.b.on_invite.back().headers = marked;
    run.b.on_reinvite.back().headers = marked;
    run.up();
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("X-Open: 1"));
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("X-Internal-Id")));
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("X-Open: 1"));
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("X-Internal-Id")));
}

TEST(TrunkHeaders, ThatAreAddedStandInTheInvite) {
    Scenario run{[](config::Config& config) { callee(config).headers_add = {{"X-Tenant", "acme"}}; }};
    run.up();
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("X-Tenant: acme\r\n"));
}

TEST(TrunkIdentity, CrossesOnlyWhereBothTrunksAreTrusted) {
    constexpr const char* asserted = "P-Asserted-Identity: <sip:+4930@10.1.0.101>\r\n";
    for (const bool both : {false, true}) {
        Scenario run{[both](config::Config& config) {
            callers(config).caller_id_trust = true;
            callee(config).caller_id_trust = both;
        }};
        run.a.invite("b0", {}, asserted);
        run.pass(2s);
        const auto seen = HasSubstr("P-Asserted-Identity: <sip:+4930@10.0.0.1>\r\n");
        if (both) { EXPECT_THAT(run.b.last_request("INVITE"), seen); }
        if (!both) { EXPECT_THAT(run.b.last_request("INVITE"), Not(HasSubstr("P-Asserted-Identity"))); }
    }
}

TEST(TrunkNumbers, OfTheCallerAreRewritten) {
    Scenario run{[](config::Config& config) { callers(config).numbers_from = {{"^.*$", "+4930123"}}; }};
    run.up();
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("<sip:+4930123@10.0.0.1>;tag="));
}

TEST(TrunkNumbers, ThatAreDialledAreRewrittenBeforeTheyAreRouted) {
    Scenario run{[](config::Config& config) { callers(config).numbers_to = {{"^00(.*)$", "\\1"}}; }};
    run.a.invite("00b0");
    run.pass(2s);
    run.expect_conversation();
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("INVITE sip:b0@"));
}

TEST(TrunkCodecs, OfBothLegsMayHaveNothingInCommon) {
    Scenario run{[](config::Config& config) {
        callers(config).codecs = {"PCMA"};
        callee(config).codecs = {"PCMU"};
    }};
    run.up();
    EXPECT_THAT(run.b.last_request("INVITE"), Not(HasSubstr("PCMA")));
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("PCMU")));
    run.expect_conversation();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
}

TEST(TrunkRefresh, IsPassedOnWhereTheTrunkWantsIt) {
    Scenario run{[](config::Config& config) { callers(config).renegotiation.relay_refresh = true; }};
    run.up();
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    run.expect_conversation();
}

constexpr const char* challenge =
    "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";

constexpr const char* proxy_challenge =
    "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";

World::Configure with_credentials() {
    return [](config::Config& config) { callee(config).auth = config::Credentials{"u1", "p1"}; };
}

TEST(TrunkCredentials, AnswerTheTrunksChallengeOnce) {
    Scenario run{with_credentials()};
    run.b.on_invite = refuses(401, 50ms);
    run.b.on_invite.back().headers = challenge;
    run.a.invite("b0", {}, "Authorization: Digest username=\"of a\"\r\n");
    run.pass(30ms);
    run.b.on_invite = rings_then_answers();  // for the second INVITE
    run.pass(2s);
    run.expect_conversation();
    EXPECT_THAT(run.a.statuses_of("INVITE"), testing::ElementsAre(100, 180, 200));
    const std::string second = run.b.last_request("INVITE");
    EXPECT_THAT(second, HasSubstr("Authorization: Digest username=\"u1\""));
    EXPECT_THAT(second, HasSubstr("realm=\"carrier\""));
    EXPECT_THAT(second, HasSubstr("CSeq: 2 INVITE"));
    EXPECT_THAT(second, Not(HasSubstr("of a")));
    EXPECT_THAT(second, Not(HasSubstr("p1")));
}

TEST(TrunkCredentials, AreGivenInTheAckAndInTheByeToo) {
    Scenario run{with_credentials()};
    run.b.on_invite = refuses(407, 50ms);
    run.b.on_invite.back().headers = proxy_challenge;
    run.a.invite("b0");
    run.pass(30ms);
    run.b.on_invite = rings_then_answers();
    run.pass(2s);
    EXPECT_THAT(run.b.received_ack(), HasSubstr("Proxy-Authorization: Digest username=\"u1\""));
    run.a.bye();
    run.pass(1s);
    EXPECT_THAT(run.b.last_request("BYE"), HasSubstr("nc=00000002"));
    run.expect_over();
}

TEST(TrunkCredentials, AreGivenToEachTargetThatAsks) {
    Scenario run{[](config::Config& config) {
        for (const char* const name : {"b0", "b1"}) { config.trunks.at(name).auth = config::Credentials{"u1", "p1"}; }
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:b1", "trunk:b0"}});
    }};
    Phone& first = run.world.add_callee(1);
    first.on_invite = refuses(401, 50ms);
    first.on_invite.back().headers = challenge;
    run.b.on_invite = first.on_invite;
    run.a.invite("b0");
    run.pass(30ms);
    first.on_invite = refuses(503);
    run.pass(120ms);
    run.b.on_invite = rings_then_answers();
    run.pass(2s);
    EXPECT_EQ(first.received("INVITE"), 2U);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    run.expect_conversation();
}

TEST(TrunkCredentials, AreGivenInABye) {
    Scenario run{with_credentials()};
    run.up();
    run.b.bye_challenge = challenge;
    run.a.bye();
    run.pass(1s);
    EXPECT_EQ(run.b.received("BYE"), 2U);
    EXPECT_THAT(run.b.last_request("BYE"), HasSubstr("Authorization: Digest username=\"u1\""));
    run.expect_over();
}

TEST(TrunkPeers, ThatMayNotCallInAreServedInTheirCallsToTheEnd) {
    Scenario run{[](config::Config& config) { callee(config).allow = {}; }};
    run.up();
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    const auto answer_to_bye = [to = run.b.identity().sip](const Datagram& datagram, const Glance& seen) {
        return datagram.to == to && seen.answers(200, "BYE");
    };
    run.world.network.lose(answer_to_bye, 2);
    run.b.bye();
    run.pass(5s);
    EXPECT_THAT(run.b.statuses_of("BYE"), testing::ElementsAre(200)) << "and no 481 for the repetition";
    run.expect_over();
}

TEST(TrunkCredentials, ThatAreRefusedEndTheAttempt) {
    Scenario run{with_credentials()};
    run.b.on_invite = refuses(401);
    run.b.on_invite.back().headers = challenge;
    run.a.invite("b0");
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 502);
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("Authenticate")));
    EXPECT_EQ(run.b.received("INVITE"), 2U);
}

}  // namespace
}  // namespace simulation
