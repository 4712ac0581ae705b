// Rows 26, 27 and 34 of the race and failure cases: offers that meet, and those that must be asked again. 29 is in
// update_test.cpp.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

TEST(Races, Row26_ReinvitesThatCrossSucceedAtTheFirstRetry) {
    with_skew([](Scenario& run, Duration skew) {
        run.world.network.all.delay = 30ms;
        run.up();
        run.a.wish = Direction::sendonly;
        const auto of_a = run.a.reinvite();
        // B sends before ours can have reached it, which takes 60 ms: the two meet on leg B.
        run.pass(skew);
        const auto of_b = run.b.reinvite();
        const auto refusals_before = run.b.acks_received();
        run.pass(10s);
        EXPECT_EQ(run.a.final_of("INVITE", of_a), 200) << "A's own only waits";
        EXPECT_EQ(run.b.final_of("INVITE", of_b), 491);
        EXPECT_EQ(run.b.final_of("INVITE"), 200) << "its first retry";
        EXPECT_EQ(run.b.final_of("INVITE", of_b + 2), 0) << "and its last";
        EXPECT_EQ(run.b.received("INVITE"), 3U) << "ours got 491 once too, and succeeded at the first retry";
        EXPECT_EQ(run.b.acks_received(), refusals_before + 2);
        EXPECT_FALSE(run.b.belief().speaks()) << "A holds";
        EXPECT_TRUE(run.a.belief().speaks());
        run.a.wish = Direction::sendrecv;
        run.a.reinvite();
        run.pass(2s);
        run.expect_conversation();
    });
}

TEST(Races, Row27_A491OfTheFarLegIsRetriedWhileNearWaits) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        far.next_reinvites = {refuses(491)};
        near.reinvite(Sdp::with(Direction::sendonly));
        const Instant asked = run.now();
        while (far.received("INVITE") < (from_a ? 3U : 2U) && run.now() - asked < 5s) { run.pass(10ms); }
        const Duration waited = run.now() - asked;
        EXPECT_THAT(near.statuses_of("INVITE").back(), AnyOf(100, 200)) << "nothing but a final reaches near";
        // §14.1: 2.1 to 4 s for who made the Call-ID (ours is leg B's), else up to 2 s; and the way there and back.
        EXPECT_GE(waited, from_a ? Duration{2100ms} : Duration{0ms});
        EXPECT_LE(waited, (from_a ? Duration{4s} : Duration{2s}) + 100ms);
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_FALSE(far.belief().speaks());
    }
}

TEST(Races, Row27_A491IsPassedOnAndNotRetriedWhereThatIsWanted) {
    for (const bool from_a : {true, false}) {
        Scenario run{[](config::Config& config) {
            for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.on_refusal = config::OnRefusal::pass; }
        }};
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        near.retries_glare = false;
        far.next_reinvites = {refuses(491)};
        near.reinvite(Sdp::with(Direction::sendonly));
        run.pass(5s);
        EXPECT_EQ(near.final_of("INVITE"), 491);
        EXPECT_EQ(far.received("INVITE"), from_a ? 2U : 1U) << "a retry would come within 4 s";
        run.expect_conversation();
    }
}

TEST(Races, Row27_AGlareThatDoesNotEndIsHealedWithinTheTimeLimit) {
    Scenario run;
    run.up();
    run.b.on_reinvite = refuses(491);
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(6500ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(run.hears_music(run.b));
    run.pass(20s);
    EXPECT_LE(run.b.received("INVITE"), 1U + 1U + 3U + 4U) << "it is not asked for ever";
    run.b.on_reinvite = answers(20ms);
    run.a.reinvite();
    run.pass(1s);
    run.expect_conversation();
}

TEST(Races, Row27_WhileOursBacksOffTheFarLegsOwnIsAnsweredHere) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {refuses(491)};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    run.b.reinvite(Sdp::with(Direction::sendrecv));
    run.pass(100ms);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    run.pass(4s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Queue, AChangeWaitsForTheOthersAckAndIsThenRelayed) {
    Scenario run;
    run.up();
    run.a.ack.after = 300ms;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(200ms);
    run.b.wish = Direction::inactive;
    run.b.reinvite();
    run.pass(150ms);
    EXPECT_EQ(run.b.final_of("INVITE"), 0) << "A has not acknowledged";
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_FALSE(run.a.belief().hears());
}

TEST(Queue, AChangeThatWaitsInVainIsAnsweredHereAndToldLater) {
    Scenario run;
    run.up();
    run.a.ack.after = 8s;
    run.a.reinvite(Sdp::with(Direction::sendrecv));
    run.pass(200ms);
    run.b.reinvite(Sdp::with(Direction::inactive));
    run.pass(6500ms);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_TRUE(run.hears_music(run.a));
    run.pass(3s);
    EXPECT_EQ(run.a.belief().remote->direction, Direction::sendonly) << "now it could be told";
}

Script challenges(int status) {
    Script asks = refuses(status);
    asks.back().headers = std::string{status == 401 ? "WWW" : "Proxy"} +
                          "-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";
    return asks;
}

World::Configure with_credentials() {
    return [](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.auth = config::Credentials{"u1", "p1"}; }
    };
}

// As when a nonce has grown old.
TEST(Races, Row34_CredentialsThatAreWantedInTheMiddleOfTheCallAreGiven) {
    for (const int status : {401, 407}) {
        Scenario run{with_credentials()};
        run.up();
        run.b.next_reinvites = {challenges(status)};
        run.a.reinvite(Sdp::with(Direction::sendonly), "Authorization: Digest username=\"of a\"\r\n");
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_EQ(run.b.received("INVITE"), 3U);
        const std::string second = run.b.last_request("INVITE");
        EXPECT_THAT(second, HasSubstr("Authorization: Digest username=\"u1\""));
        EXPECT_THAT(second, Not(HasSubstr("of a")));
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row34_AnUpdateIsSentAgainWithCredentialsToo) {
    Scenario run{with_credentials()};
    run.a.allows_update = run.b.allows_update = true;
    run.up();
    run.b.next_updates = {challenges(401)};
    run.a.update(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.b.received("UPDATE"), 2U);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    EXPECT_THAT(run.b.last_request("UPDATE"), HasSubstr("Authorization: Digest username=\"u1\""));
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Races, Row34_CredentialsAreForTheRealmThatTookThemOnly) {
    Scenario run{with_credentials()};
    run.up();
    run.b.next_reinvites = {challenges(401), answers(20ms), challenges(401)};
    run.b.next_reinvites.back().back().headers =
        "WWW-Authenticate: Digest realm=\"elsewhere\", nonce=\"n2\", qop=\"auth\", algorithm=MD5\r\n";
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.b.received("INVITE"), 3U);
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.b.received("INVITE"), 4U) << "it is not tried with what is another's";
    EXPECT_THAT(run.b.last_request("INVITE"), Not(HasSubstr("elsewhere")));
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
}

TEST(Races, Row34_CredentialsThatNobodyHasAreARefusalLikeAnyOther) {
    for (const bool heal : {true, false}) {
        Scenario run{[heal](config::Config& config) {
            if (heal) { return; }
            for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.on_refusal = config::OnRefusal::pass; }
        }};
        run.up();
        run.b.next_reinvites = {challenges(401)};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        EXPECT_EQ(run.b.received("INVITE"), 2U);
        EXPECT_EQ(run.a.final_of("INVITE"), heal ? 200 : 488) << "a 401 of ours would ask A for credentials";
        EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("carrier"))) << "the realm is not A's";
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

}  // namespace
}  // namespace simulation
