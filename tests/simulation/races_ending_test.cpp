// Rows 48 to 53 of the race and failure cases: BYE and late messages. Of 55 the simulator has no connections to lose
// (see the unit tests of transactions, and real ones in the cases with real peers); 56 to 59 need keyed media.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::Eq;
using testing::Ge;

TEST(Races, Row48_CrossingByesAreBothAnsweredAndALateOneIs481) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.a.bye();
        run.pass(skew / 2);
        if (!run.b.over()) { run.b.bye(); }
        run.pass(1s);
        EXPECT_THAT(run.a.final_of("BYE"), AnyOf(Eq(200), Eq(481)));
        if (run.b.final_of("BYE") != 0) { EXPECT_THAT(run.b.final_of("BYE"), AnyOf(Eq(200), Eq(481))); }
        run.expect_over();
        run.pass(25s);
        run.a.request("BYE");
        run.pass(100ms);
        EXPECT_EQ(run.a.final_of("BYE"), 481);
    });
}

TEST(Races, Row49_AByeOfTheFarLegEndsAPendingReinviteFirst) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.next_reinvites = {{reply(10ms, 180)}};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(30ms + skew);
        run.b.bye();
        run.pass(1s);
        EXPECT_EQ(run.b.final_of("BYE"), 200);
        EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(487), Eq(481)));
        EXPECT_EQ(run.a.received("BYE") + (run.a.final_of("BYE") == 0 ? 0U : 1U), 1U);
        run.expect_over();
    });
}

TEST(Races, Row50_AByeAndA481ToOurReinviteEndTheCallOnce) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.next_reinvites = {{reply(60ms, 481)}};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(20ms + skew);
        run.b.bye();
        run.pass(1s);
        EXPECT_EQ(run.b.final_of("BYE"), 200);
        EXPECT_GE(run.a.final_of("INVITE"), 400);
        run.expect_over();
    });
}

TEST(Races, Row51_A200ToAReinviteAfterOurByeIsAcknowledged) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.next_reinvites = {answers(60ms)};
        run.world.network.delay(Scenario::request_to(run.b, "BYE"), 40ms, 1);
        run.world.network.delay(Scenario::request_to(run.b, "CANCEL"), 40ms, 1);
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(30ms + skew);
        run.a.bye();
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("BYE"), 200);
        EXPECT_NE(run.a.final_of("INVITE"), 0);
        run.expect_over();
    });
}

TEST(Races, Row52_AnAckAfterOurByeIsAbsorbed) {
    with_skew([](Scenario& run, Duration skew) {
        run.world.network.lose(Scenario::request_of(run.a, "ACK"), 1 << 30);
        run.a.invite("b0");
        run.pass(33s + skew);
        run.expect_over();
        const std::size_t byes = run.a.received("BYE") + run.b.received("BYE");
        run.a.send_raw(run.a.last_ack());
        run.pass(1s);
        EXPECT_EQ(run.a.received("BYE") + run.b.received("BYE"), byes);
        EXPECT_EQ(run.world.core().call_count(), 0U);
    });
}

TEST(Races, Row52_AReinviteAfterTheByeIs481) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.bye();
        run.pass(15ms + skew);
        EXPECT_TRUE(run.a.over());
        run.a.reinvite();
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 481);
        EXPECT_EQ(run.b.received("INVITE"), 1U);
    });
}

TEST(Races, Row53_RequestsAfterTheByeAre481) {
    Scenario run;
    run.up();
    run.a.bye();
    run.pass(1s);
    run.a.request("INFO", "", "application/dtmf-relay", "Signal=1\r\nDuration=100\r\n");
    run.a.request("REFER", "Refer-To: <sip:b1@10.0.0.1>\r\n");
    run.a.request("NOTIFY", "Event: refer\r\nSubscription-State: terminated\r\n", "message/sipfrag",
                  "SIP/2.0 200 OK\r\n");
    run.pass(1s);
    for (const char* const method : {"INFO", "REFER", "NOTIFY"}) { EXPECT_EQ(run.a.final_of(method), 481) << method; }
    EXPECT_EQ(run.b.received("INFO") + run.b.received("REFER"), 0U);
}

}  // namespace
}  // namespace simulation
