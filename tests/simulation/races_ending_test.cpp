// Rows 48 to 53 of the race and failure cases: BYE and late messages. 56 to 58 need keyed media.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::Ge;

TEST(Races, Row48_CrossingByesAreBothAnsweredAndALateOneIs481) {
    with_skew([](Scenario& run, Duration skew) {
        run.world.network.all.delay = 30ms;
        run.up();
        run.a.bye();
        run.pass(skew);  // ours needs 60 ms to B
        run.b.bye();
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("BYE"), 200);
        EXPECT_THAT(run.b.final_of("BYE"), AnyOf(Eq(200), Eq(481)));
        run.expect_over();
        EXPECT_EQ(run.world.core().call_count(), 0U) << "no 32 s of silence";
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
        run.world.network.delay(Scenario::request_of(run.a, "ACK"), 100ms);
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(30ms + skew);
        run.b.bye();
        run.pass(90ms);
        EXPECT_EQ(run.b.final_of("BYE"), 200);
        EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(487), Eq(481)));
        EXPECT_EQ(run.a.received("BYE"), 0U) << "not before its ACK of that";
        run.pass(1s);
        EXPECT_EQ(run.a.received("BYE"), 1U);
        EXPECT_EQ(run.a.final_of("BYE"), 0) << "it had no need to";
        run.expect_over();
    });
}

TEST(Races, Row49_WithoutTheAckOfThe487TheCallEndsAfter64T1) {
    for (const auto kind : {Kind::udp, Kind::tcp}) {
        Scenario run{ScenarioOptions{kind, Kind::udp, 1, {}}};
        run.up();
        run.b.next_reinvites = {{reply(10ms, 180)}};
        run.world.network.lose(Scenario::request_of(run.a, "ACK"));
        run.a.checks = false;  // it believes in a call all the time
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(100ms);
        run.b.bye();
        run.pass(31s);
        EXPECT_EQ(run.a.final_of("INVITE"), 487);
        EXPECT_EQ(run.a.received("BYE"), 0U);
        run.pass(2s);
        EXPECT_EQ(run.a.received("BYE"), 1U);
        run.expect_over();
        EXPECT_EQ(run.world.core().call_count(), 0U);
    }
}

TEST(Races, Row49_ByTheOperatorTooTheByeWaitsForTheAckOfThe487) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {{reply(10ms, 180)}};
    run.world.network.delay(Scenario::request_of(run.a, "ACK"), 100ms);
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(100ms);
    run.world.hang_up_all("test");
    run.pass(50ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 487);
    EXPECT_EQ(run.a.received("BYE"), 0U);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.pass(1s);
    EXPECT_EQ(run.a.received("BYE"), 1U);
    run.expect_over();
}

TEST(Races, Row50_AByeAndA481ToOurReinviteEndTheCallOnce) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.next_reinvites = {{reply(60ms, 481)}};
        const auto statuses_before = run.a.statuses_of("INVITE").size();
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(20ms + skew);
        run.b.bye();
        run.pass(1s);
        EXPECT_EQ(run.b.final_of("BYE"), 200);
        EXPECT_EQ(run.b.acks_received(), 2U) << "of its 200, and of its 481";
        auto statuses = run.a.statuses_of("INVITE");
        statuses.erase(statuses.begin(), statuses.begin() + static_cast<std::ptrdiff_t>(statuses_before));
        EXPECT_THAT(statuses, testing::ElementsAre(100, Ge(400)));
        EXPECT_EQ(run.a.received("BYE"), 1U);
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
        run.a.ack.send = false;
        run.a.invite("b0");
        run.pass(33s + skew);
        run.expect_over();
        std::size_t sent = 0;
        std::size_t arrived = 0;
        run.world.network.on_arrival = [&](const Datagram& datagram) {
            const bool to_server = datagram.to.address == run.server_address();
            if (datagram.kind != Datagram::Kind::media) { ++(to_server ? arrived : sent); }
        };
        run.a.send_raw(run.a.last_ack());
        run.pass(1s);
        run.world.network.on_arrival = {};
        EXPECT_EQ(arrived, 1U);
        EXPECT_EQ(sent, 0U) << "absorbed: nothing comes of it";
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

// Whose subscription is over has nothing to tell any more (RFC 6665 §4.1.2.4); the call goes on.
TEST(Races, Row53_ANotifyForAFinishedReferIs481) {
    for (const auto policy : {config::Refer::resolve, config::Refer::relay}) {
        Scenario run{[policy](config::Config& config) {
            for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.refer = policy; }
        }};
        run.a.allows_refer = run.b.allows_refer = true;
        run.b.notices = {{0ms, 100}, {100ms, 486}};
        run.up();
        run.a.refer("sip:nobody@10.0.0.1");
        run.pass(3s);
        EXPECT_FALSE(run.a.awaits_notice());
        for (Phone* const phone : {&run.a, &run.b}) {
            phone->checks = false;
            phone->request("NOTIFY", "Event: refer\r\nSubscription-State: terminated\r\nContact: <sip:x@10.1.0.1>\r\n",
                           "message/sipfrag", "SIP/2.0 200 OK\r\n");
        }
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("NOTIFY"), 481);
        EXPECT_EQ(run.b.final_of("NOTIFY"), 481);
        run.expect_conversation();
    }
}

}  // namespace
}  // namespace simulation
