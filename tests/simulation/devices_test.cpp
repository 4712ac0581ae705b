// Several devices of one user: all ring, the first answer has the call, the others are taken back and leave nothing
// (RFC 3261 §16.7, RFC 3326). One that is busy, gone or unusable is no obstacle to the others.
#include "tests/simulation/devices_scenario.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

TEST(DevicesOfAUser, RingTogetherAndTheFirstAnswerHasTheCall) {
    Devices run;
    Phone& desk = run.of_bob(never_answers);
    Phone& mobile = run.of_bob(rings_then_answers(60ms, 2s));
    run.call(1s);
    EXPECT_EQ(desk.state(), Phone::State::ringing);
    EXPECT_EQ(mobile.state(), Phone::State::ringing);
    EXPECT_THAT(run.outcomes(), testing::ElementsAre("rings", "rings"));
    EXPECT_EQ(run.told_alice(180), 1U) << "once is enough";
    run.world.pass(3s);
    EXPECT_TRUE(run.talk(run.alice, mobile));
    EXPECT_EQ(desk.received("CANCEL"), 1U);
    EXPECT_THAT(desk.last_request("CANCEL"), HasSubstr(elsewhere));
    EXPECT_EQ(mobile.received("CANCEL"), 0U);
    EXPECT_EQ(run.world.engine.session_count(), 1U) << "the media of the other one is closed";
    EXPECT_EQ(run.world.engine.ports_in_use(), 2U);
    EXPECT_THAT(run.outcomes(), testing::UnorderedElementsAre("answered", "cancelled"));
    EXPECT_THAT(run.told(), HasSubstr("2 devices of bob are called together"));
    EXPECT_THAT(run.told(), HasSubstr("bob at " + desk.identity().sip.to_string() + " over udp rings"));
    EXPECT_THAT(run.told(), HasSubstr("bob at " + mobile.identity().sip.to_string() + " over udp has the call"));
}

TEST(DevicesOfAUser, EachKeepsTheListenerThatItRingsBy) {
    const auto tcp_rings = [](Kind first, Kind second) {
        Devices run;
        run.of_bob(never_answers, first);
        run.of_bob(never_answers, second);
        run.call(1s);
        return run.world.core().uses({sip::Transport::tcp, server_endpoint(false)});
    };
    EXPECT_TRUE(tcp_rings(Kind::udp, Kind::tcp)) << "whichever sits where the call works";
    EXPECT_TRUE(tcp_rings(Kind::tcp, Kind::udp));
    EXPECT_FALSE(tcp_rings(Kind::udp, Kind::udp));
}

TEST(DevicesOfAUser, WhoAnswersAtTheSameTimeIsHungUp) {
    for (const Duration later : {0ms, 1ms, 20ms, 60ms}) {
        SCOPED_TRACE(later.count());
        Devices run;
        Phone& one = run.of_bob(rings_then_answers(50ms, 1s));
        Phone& two = run.of_bob(rings_then_answers(50ms, 1s + later));
        run.call();
        EXPECT_NE(one.up(), two.up());
        Phone& winner = one.up() ? one : two;
        Phone& loser = one.up() ? two : one;
        EXPECT_TRUE(run.talk(run.alice, winner));
        EXPECT_TRUE(loser.over());
        EXPECT_EQ(loser.acks_received(), 1U);
        EXPECT_EQ(loser.received("BYE"), loser.ever_up() ? 1U : 0U);
        if (loser.ever_up()) { EXPECT_THAT(loser.last_request("BYE"), HasSubstr(elsewhere)); }
        EXPECT_EQ(run.world.engine.session_count(), 1U);
    }
}

TEST(DevicesOfAUser, OnLossyWaysToo) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE(seed);
        Devices run{seed};
        Phone& one = run.of_bob(rings_then_answers(50ms, 1s));
        Phone& two = run.of_bob(rings_then_answers(50ms, 1s + std::chrono::milliseconds{seed * 5}));
        Phone& three = run.of_bob(refuses(486));
        run.world.network.all.loss = 0.2;
        run.world.network.all.duplicate = 0.1;
        run.call(40s);
        EXPECT_TRUE(run.alice.ever_up());
        EXPECT_TRUE(one.ever_up() || two.ever_up());
        EXPECT_FALSE(one.up() && two.up());
        EXPECT_FALSE(three.ever_up());
        run.world.network.all.loss = run.world.network.all.duplicate = 0;
        run.world.pass(1s);
    }
}

TEST(DevicesOfAUser, ABusyOneDoesNotStopTheOthers) {
    Devices run;
    Phone& answering = run.of_bob(rings_then_answers());
    Phone& busy = run.of_bob(refuses(486));
    run.call();
    EXPECT_TRUE(run.talk(run.alice, answering));
    EXPECT_EQ(busy.received("CANCEL"), 0U);
    EXPECT_THAT(run.told(), HasSubstr("bob at " + busy.identity().sip.to_string() + " over udp refused with 486"));
}

TEST(DevicesOfAUser, OneWhoseAnswerIsOfNoUseDoesNotStopTheOthers) {
    Devices run;
    Phone& answering = run.of_bob(rings_then_answers(50ms, 2s));
    Phone& useless = run.of_bob({reply(50ms, 180), reply(400ms, 200, Sdp::none())});
    useless.checks = false;
    run.call(1s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 0);
    EXPECT_EQ(useless.acks_received(), 1U);
    EXPECT_EQ(useless.received("BYE"), 1U);
    run.world.pass(4s);
    EXPECT_TRUE(run.talk(run.alice, answering));
    EXPECT_EQ(answering.received("CANCEL"), 0U);
    EXPECT_EQ(run.world.engine.session_count(), 1U);
}

TEST(DevicesOfAUser, WhoseAnswersAreAllOfNoUseEndTheCall) {
    Devices run;
    for (const Duration after : {200ms, 400ms}) { run.of_bob({reply(after, 200, Sdp::none())}).checks = false; }
    run.call();
    EXPECT_EQ(run.alice.final_of("INVITE"), 488);
}

TEST(DevicesOfAUser, TheBestRefusalGoesOn) {
    struct Row {
        int one;
        int two;
        int told;
    };
    for (const Row& row : {Row{486, 486, 486}, Row{480, 486, 486}, Row{486, 408, 486}, Row{503, 480, 480},
                           Row{500, 503, 500}, Row{302, 486, 486}, Row{404, 488, 488}}) {
        SCOPED_TRACE(testing::Message() << row.one << ' ' << row.two);
        for (const bool swapped : {false, true}) {
            Devices run;
            run.of_bob(refuses(swapped ? row.two : row.one, 20ms));
            run.of_bob(refuses(swapped ? row.one : row.two, 400ms));
            run.call(200ms);
            EXPECT_EQ(run.alice.final_of("INVITE"), 0) << "the other one may still ring";
            run.world.pass(2s);
            EXPECT_EQ(run.alice.final_of("INVITE"), row.told);
        }
    }
}

TEST(DevicesOfAUser, WhoDeclinesDoesSoForAll) {
    Devices run;
    Phone& ringing = run.of_bob(never_answers);
    run.of_bob(refuses(603, 500ms));
    run.call(1s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 603);
    EXPECT_EQ(ringing.received("CANCEL"), 1U);
    EXPECT_TRUE(ringing.over());
}

TEST(DevicesOfAUser, ADeadOneDelaysNobody) {
    Devices run;
    Phone& dead = run.of_bob(is_silent());
    Phone& living = run.of_bob(rings_then_answers());
    run.world.network.lose(Scenario::request_to(dead, "INVITE"));
    run.call(2s);
    EXPECT_TRUE(run.talk(run.alice, living));
    run.world.pass(40s);
    EXPECT_TRUE(run.talk(run.alice, living)) << "its time limit is of no consequence";
}

TEST(DevicesOfAUser, ThatAreAllDeadAreNotThere) {
    Devices run;
    for (int i = 0; i < 2; ++i) { run.world.network.lose(Scenario::request_to(run.of_bob(is_silent()), "INVITE")); }
    run.call(35s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 408);
}

TEST(DevicesOfAUser, WhoseConnectionIsRefusedIsNoObstacle) {
    Devices run;
    Phone& gone = run.of_bob(never_answers, Kind::tcp);
    Phone& living = run.of_bob(rings_then_answers(50ms, 2s));
    run.world.refuse(gone.identity().sip);
    run.call(4s);
    EXPECT_TRUE(run.talk(run.alice, living));
    EXPECT_EQ(gone.received("INVITE"), 0U);
    run.world.reach_all();
}

TEST(DevicesOfAUser, StopRingingWhereTheCallerGivesUp) {
    Devices run;
    Phone* const both[] = {&run.of_bob(never_answers), &run.of_bob(never_answers)};
    run.call(1s);
    run.alice.cancel();
    run.world.pass(1s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 487);
    for (const Phone* phone : both) {
        EXPECT_TRUE(phone->over());
        EXPECT_EQ(phone->received("CANCEL"), 1U);
        EXPECT_THAT(phone->last_request("CANCEL"), HasSubstr("cause=487"));
    }
    EXPECT_EQ(run.world.engine.session_count(), 0U);
}

TEST(DevicesOfAUser, AnswersThatCrossTheCancelAreHungUp) {
    Devices run;
    Phone* const both[] = {&run.of_bob(rings_then_answers(50ms, 1s)), &run.of_bob(rings_then_answers(50ms, 1s))};
    run.call(950ms);
    run.alice.cancel();
    run.world.network.delay(Scenario::request_to(*both[0], "CANCEL"), 300ms);
    run.world.network.delay(Scenario::request_to(*both[1], "CANCEL"), 300ms);
    run.world.pass(3s);
    for (const Phone* phone : both) {
        EXPECT_TRUE(phone->ever_up() && phone->over());
        EXPECT_EQ(phone->received("BYE"), 1U);
    }
}

TEST(DevicesOfAUser, StopRingingAfterAWhile) {
    Devices run{1, [](config::Config& config) { config.sip.no_answer = 5s; }};
    Phone* const both[] = {&run.of_bob(never_answers), &run.of_bob(never_answers)};
    run.call(7s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 408);
    for (const Phone* phone : both) { EXPECT_EQ(phone->received("CANCEL"), 1U); }
}

TEST(DevicesOfAUser, StopRingingWhenTheServerDoes) {
    Devices run;
    Phone* const both[] = {&run.of_bob(never_answers), &run.of_bob(never_answers)};
    run.call(1s);
    run.world.hang_up_all("restart");
    run.world.pass(1s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 480);
    for (const Phone* phone : both) { EXPECT_TRUE(phone->over()); }
}

TEST(DevicesOfAUser, AreFollowedByTheNextTarget) {
    for (const int status : {480, 486}) {
        Devices run{1, [](config::Config& config) {
                        config.routes.insert(config.routes.begin(), {"", "^bob$", {"user:*", "user:alice"}});
                    }};
        run.of_bob(refuses(status));
        run.of_bob(refuses(status, 200ms));
        Phone& assistant = run.registered("alice");
        run.call();
        EXPECT_EQ(assistant.ever_up(), status == 480) << "busy is an answer";
        EXPECT_EQ(run.alice.final_of("INVITE"), status == 480 ? 200 : 486);
    }
}

TEST(DevicesOfAUser, TheWinnerHoldsAndIsHeld) {
    Devices run;
    run.of_bob(never_answers);
    Phone& winner = run.of_bob(rings_then_answers());
    run.of_bob(never_answers);
    run.call();
    const Sound music{Sound::Kind::music, 0};
    for (Phone* phone : {&winner, &run.alice}) {
        Phone& other = phone == &winner ? run.alice : winner;
        phone->talks = false;
        phone->reinvite(Sdp::with(Direction::sendonly));
        run.world.pass(2s);
        EXPECT_EQ(phone->final_of("INVITE"), 200);
        EXPECT_TRUE(run.hears(other, music));
        phone->talks = true;
        phone->reinvite();
        run.world.pass(2s);
        EXPECT_TRUE(run.talk(run.alice, winner));
    }
}

TEST(DevicesOfAUser, OneThatRegisteredAnewRingsOnce) {
    for (const Kind kind : {Kind::udp, Kind::websocket}) {
        Devices run;
        Phone& phone = kind == Kind::udp ? run.registered("bob") : run.browser_of("bob");
        const std::string host = kind == Kind::udp ? phone.identity().sip.to_string() : "x3k9.invalid";
        phone.other_contact = "<sip:another-name@" + host + (kind == Kind::udp ? ">" : ";transport=ws>");
        phone.register_here();
        run.world.pass(1s);
        EXPECT_EQ(run.registrations(), 2U);
        run.call();
        EXPECT_TRUE(run.talk(run.alice, phone));
        EXPECT_EQ(phone.received("INVITE"), 1U);
        EXPECT_THAT(phone.last_request("INVITE"), HasSubstr("INVITE sip:another-name@"));
    }
}

Phone& device_of_bob(Devices& office, const std::string& instance) {
    Phone& phone = office.world.add_device("bob");
    phone.other_contact = "<sip:bob@" + phone.identity().sip.to_string() + ">;+sip.instance=\"<" + instance + ">\"";
    phone.register_here();
    office.world.pass(1s);
    phone.on_invite = answers(500ms);
    return phone;
}

TEST(DevicesOfAUser, RingAloneWhereTheirOwnAddressIsCalled) {  // RFC 5627
    Devices office;
    const Phone& desk = device_of_bob(office, "urn:uuid:1");
    const Phone& kitchen = device_of_bob(office, "urn:uuid:2");
    office.alice.uri_parameters = ";gr=urn:uuid:2";
    office.call();
    EXPECT_TRUE(office.talk(office.alice, kitchen));
    EXPECT_EQ(desk.received("INVITE"), 0U);
}

TEST(DevicesOfAUser, WhoseOwnAddressIsGoneAreNotReplacedByOthers) {
    Devices office;
    const Phone& desk = device_of_bob(office, "urn:uuid:1");
    office.alice.uri_parameters = ";gr=urn:uuid:2";
    office.call();
    EXPECT_EQ(office.alice.final_of("INVITE"), 480);
    EXPECT_EQ(desk.received("INVITE"), 0U);
}

// RFC 5626 §5.3. Two ways to one device are two phones here, which say that they are the same one.
TEST(DevicesOfAUser, OneWithSeveralFlowsRingsByOne) {
    Devices run;
    Phone* const flows[] = {&run.world.add_device("bob"), &run.world.add_device("bob")};
    for (std::size_t i = 0; i < 2; ++i) {
        flows[i]->other_contact = "<sip:bob@" + flows[i]->identity().sip.to_string() +
                                  ">;reg-id=" + std::to_string(i + 1) + ";+sip.instance=\"<urn:uuid:1>\"";
        flows[i]->register_here();
        run.world.pass(1s);
    }
    Phone& other = run.of_bob(never_answers);
    EXPECT_EQ(run.registrations(), 3U);
    run.call();
    EXPECT_TRUE(run.talk(run.alice, *flows[1])) << "the one that was heard of last";
    EXPECT_EQ(flows[0]->received("INVITE"), 0U);
    EXPECT_EQ(other.received("CANCEL"), 1U);
}

TEST(DevicesOfAUser, RingTogetherForATransferToo) {
    Devices run;
    Phone& carol = run.world.add_callee(3);
    Phone& busy = run.of_bob(refuses(486));
    Phone& ringing = run.of_bob(never_answers);
    Phone& winner = run.of_bob(rings_then_answers(50ms, 1s));
    run.alice.allows_refer = true;
    run.alice.invite("b3");
    run.world.pass(3s);
    ASSERT_TRUE(run.alice.up() && carol.up());
    run.alice.refer("<sip:bob@10.0.0.1>");
    run.world.pass(5s);
    EXPECT_TRUE(run.talk(carol, winner));
    EXPECT_TRUE(run.alice.over());
    EXPECT_THAT(ringing.last_request("CANCEL"), HasSubstr(elsewhere));
    EXPECT_EQ(busy.received("INVITE"), 1U);
    EXPECT_EQ(run.alice.notified().back(), 200);
    EXPECT_EQ(run.world.engine.session_count(), 1U);
    EXPECT_EQ(run.world.engine.ports_in_use(), 2U);
}

TEST(DevicesOfAUser, OneWhoseAnswerIsOfNoUseDoesNotStopATransfer) {
    Devices run;
    Phone& carol = run.world.add_callee(3);
    Phone& useless = run.of_bob({reply(300ms, 200, Sdp::none())});
    useless.checks = false;
    Phone& winner = run.of_bob(rings_then_answers(50ms, 1s));
    run.alice.allows_refer = true;
    run.alice.invite("b3");
    run.world.pass(3s);
    run.alice.refer("<sip:bob@10.0.0.1>");
    run.world.pass(5s);
    EXPECT_TRUE(run.talk(carol, winner));
    EXPECT_EQ(useless.received("BYE"), 1U);
    EXPECT_EQ(run.alice.notified().back(), 200);
}

TEST(DevicesOfAUser, ThatAllRefuseATransferLeaveTheCallAsItWas) {
    Devices run;
    Phone& carol = run.world.add_callee(3);
    run.of_bob(refuses(486));
    run.of_bob(refuses(480, 300ms));
    run.alice.allows_refer = true;
    run.alice.invite("b3");
    run.world.pass(3s);
    run.alice.refer("<sip:bob@10.0.0.1>");
    run.world.pass(3s);
    EXPECT_EQ(run.alice.notified().back(), 486);
    EXPECT_TRUE(run.talk(run.alice, carol));
    EXPECT_EQ(run.world.engine.session_count(), 1U);
}
TEST(DevicesOfAUser, AreGivenUpWithATransfer) {
    Devices run;
    Phone& carol = run.world.add_callee(3);
    Phone* const both[] = {&run.of_bob(never_answers), &run.of_bob(never_answers)};
    run.alice.allows_refer = true;
    run.alice.invite("b3");
    run.world.pass(3s);
    run.alice.refer("<sip:bob@10.0.0.1>");
    run.world.pass(1s);
    carol.bye();
    run.world.pass(2s);
    for (const Phone* phone : both) {
        EXPECT_TRUE(phone->over());
        EXPECT_EQ(phone->received("CANCEL"), 1U);
    }
}

}  // namespace
}  // namespace simulation
