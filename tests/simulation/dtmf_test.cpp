// Keys that are pressed reach the other leg, whatever each of them has for that: contract E.5 (RFC 4733, INFO).
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Dtmf, EventsCrossAsEventsWhereBothLegsHaveThem) {
    Scenario run;
    run.up();
    run.a.press(5);
    run.pass(500ms);
    run.a.press(11);
    run.pass(1s);
    EXPECT_THAT(run.b.keys(), ElementsAre(5, 11));
    EXPECT_EQ(run.b.received("INFO"), 0U);
    run.expect_conversation();
}

TEST(Dtmf, EventsReachALegWithoutThemAsInfo) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        Phone& presses = from_a ? run.a : run.b;
        Phone& hears = from_a ? run.b : run.a;
        hears.has_events = false;
        run.up();
        presses.press(7);
        run.pass(500ms);
        EXPECT_EQ(hears.received("INFO"), 1U);
        EXPECT_THAT(hears.last_request("INFO"), HasSubstr("Content-Type: application/dtmf-relay\r\n"));
        EXPECT_THAT(hears.last_request("INFO"), HasSubstr("\r\n\r\nSignal=7\r\nDuration=100\r\n"));
        presses.press(10);
        run.pass(1s);
        EXPECT_EQ(hears.received("INFO"), 2U);
        EXPECT_THAT(hears.last_request("INFO"), HasSubstr("Signal=*\r\n"));
        run.expect_conversation();
    }
}

TEST(Dtmf, AnInfoOfALegWithoutEventsReachesTheOtherAsEvents) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        Phone& presses = from_a ? run.a : run.b;
        Phone& hears = from_a ? run.b : run.a;
        presses.has_events = false;
        run.world.checks_hearing = false;  // a voice is silent under the keys
        run.up();
        presses.request("INFO", "", "application/dtmf-relay", "Signal= 9\r\nDuration= 160\r\n");
        run.pass(100ms);
        presses.request("INFO", "", "application/dtmf", "#");
        run.pass(1s);
        EXPECT_EQ(presses.final_of("INFO"), 200);
        EXPECT_EQ(hears.received("INFO"), 0U);
        EXPECT_THAT(hears.keys(), ElementsAre(9, 11));
        run.expect_conversation();
    }
}

TEST(Dtmf, AnInfoBetweenLegsThatHaveEventsIsRelayedInTheFormThatAllRead) {
    Scenario run;
    run.up();
    run.a.request("INFO", "", "application/dtmf-relay", "Signal= 9\r\nDuration= 160");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INFO"), 200);
    EXPECT_THAT(run.b.last_request("INFO"), HasSubstr("\r\n\r\nSignal=9\r\nDuration=160\r\n"));
    run.expect_conversation();
}

// No script of a page hears of the events that its browser is sent.
TEST(Dtmf, ABrowserIsToldByInfoAndSpeaksInEitherWay) {
    Scenario run{ScenarioOptions{Kind::websocket, Kind::udp, 1, {}}};
    run.a.security.use = PhoneSecurity::Use::browser;
    run.world.checks_hearing = false;  // a voice is silent under the keys
    run.up();
    run.b.press(7);
    run.pass(500ms);
    EXPECT_EQ(run.a.received("INFO"), 1U);
    EXPECT_THAT(run.a.last_request("INFO"), HasSubstr("\r\n\r\nSignal=7\r\n"));
    EXPECT_THAT(run.a.keys(), ElementsAre());
    run.b.request("INFO", "", "application/dtmf-relay", "Signal=8\r\nDuration=160\r\n");
    run.pass(500ms);
    EXPECT_EQ(run.a.received("INFO"), 2U);
    EXPECT_THAT(run.a.last_request("INFO"), HasSubstr("\r\n\r\nSignal=8\r\n"));
    run.a.press(5);
    run.pass(500ms);
    run.a.request("INFO", "", "application/dtmf-relay", "Signal=9\r\nDuration=160\r\n");
    run.pass(1s);
    EXPECT_THAT(run.b.keys(), ElementsAre(5, 9));
    EXPECT_EQ(run.b.received("INFO"), 0U);
    run.expect_conversation();
}

TEST(Dtmf, AnInfoThatSaysNothingOfAKeyIsRelayed) {
    Scenario run;
    run.a.has_events = false;
    run.up();
    run.a.request("INFO", "", "application/dtmf-relay", "Signal=seven\r\n");
    run.pass(100ms);
    EXPECT_EQ(run.b.received("INFO"), 1U);
    EXPECT_THAT(run.b.keys(), ElementsAre());
}

Reply challenge() {
    Reply asks = reply({}, 401);
    asks.headers = "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";
    return asks;
}

World::Configure with_credentials() {
    return [](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.auth = config::Credentials{"u1", "p1"}; }
    };
}

TEST(Dtmf, AKeyWhoseInfoIsChallengedIsSentAgainWithCredentials) {
    Scenario run{with_credentials()};
    run.b.has_events = false;
    run.b.next_others = {challenge()};
    run.up();
    run.a.press(7);
    run.pass(1s);
    EXPECT_EQ(run.b.received("INFO"), 2U);
    EXPECT_THAT(run.b.last_request("INFO"), HasSubstr("Authorization: Digest username=\"u1\""));
    EXPECT_THAT(run.b.last_request("INFO"), HasSubstr("\r\n\r\nSignal=7\r\nDuration=100\r\n"));
    run.expect_conversation();
}

TEST(Requests, ThatAreRelayedAreAuthorizedByUs) {
    Scenario run{with_credentials()};
    run.b.next_others = {challenge()};
    run.up();
    run.a.request("MESSAGE", "", "text/plain", "hello");
    run.pass(500ms);
    EXPECT_EQ(run.b.received("MESSAGE"), 2U);
    EXPECT_EQ(run.a.final_of("MESSAGE"), 200);
}

TEST(Requests, ThatAreRelayedTellNothingOfTheOtherDialog) {
    for (const int status : {401, 407, 408}) {
        Scenario run;
        run.b.next_others = {reply({}, status)};
        run.up();
        run.a.request("INFO", "", "text/plain", "hello");
        run.pass(500ms);
        EXPECT_EQ(run.a.final_of("INFO"), 500) << "A's dialog stands, and asks for nothing";
        run.expect_conversation();
    }
}

TEST(Requests, ThatFindNoDialogEndTheCallAfterTheirAnswer) {
    Scenario run;  // RFC 3261 §12.2.1.2
    run.b.next_others = {reply({}, 481)};
    run.up();
    run.a.request("INFO", "", "text/plain", "hello");
    run.pass(500ms);
    EXPECT_EQ(run.a.final_of("INFO"), 500);
    EXPECT_EQ(run.a.received("BYE"), 1U);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    EXPECT_THAT(run.a.last_request("BYE"), HasSubstr("cause=481"));
}

TEST(Dtmf, WhoIsOnHoldHearsNoKeys) {
    Scenario run;
    run.b.has_events = false;
    run.up();
    run.a.wish = Direction::inactive;
    run.a.reinvite();
    run.pass(500ms);
    run.a.press(1);
    run.pass(500ms);
    EXPECT_EQ(run.b.received("INFO"), 0U);
    EXPECT_TRUE(run.hears_music(run.b));
}

}  // namespace
}  // namespace simulation
