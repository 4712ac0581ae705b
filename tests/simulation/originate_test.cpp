// A call that the operator asks for: alice is called first, and once she has answered, whoever she is to talk to.
#include <gmock/gmock.h>

#include "tests/simulation/devices_scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;
using Outcome = server::OriginateResult::Outcome;

struct Originate : Devices {
    explicit Originate(std::uint64_t seed = 1, const World::Configure& more = {}) : Devices{seed, more} {
        alice.register_here();
        world.pass(1s);
        alice.on_invite = rings_then_answers(50ms, 300ms);
        carol.on_invite = rings_then_answers(200ms, 1000ms);
    }
    server::OriginateResult place(const std::string& from = "alice", const std::string& to = "b1") {
        return world.originate({from, to, {}, {}, {}});
    }
    std::uint64_t outcomes_of(const std::string& outcome) {
        std::uint64_t sum = 0;
        for (const auto& [labels, count] : world.core().counters().calls_total) {
            if (std::get<2>(labels) == outcome) { sum += count; }
        }
        return sum;
    }

    Phone& carol = world.add_callee(1);
    Sound music{Sound::Kind::music, 0};
};

TEST(Originate, CallsTheFirstThatHearsMusicWhileTheSecondIsCalledAndThenBothTalk) {
    Originate run;
    const auto placed = run.place();
    ASSERT_EQ(placed.outcome, Outcome::placed);
    ASSERT_TRUE(run.world.core().call(placed.id));
    EXPECT_EQ(run.world.core().call(placed.id)->a.remote, "");
    run.world.pass(900ms);
    EXPECT_TRUE(run.alice.up());
    EXPECT_FALSE(run.carol.up());
    EXPECT_THAT(run.alice.last_request("INVITE"), HasSubstr("From: <sip:b1@10.0.0.1>"));
    EXPECT_TRUE(run.hears(run.alice, run.music)) << run.alice.describe();
    run.world.pass(2s);
    EXPECT_TRUE(run.talk(run.alice, run.carol));
    EXPECT_THAT(run.carol.last_request("INVITE"), HasSubstr("From: <sip:alice@10.0.0.1>"));
    EXPECT_THAT(run.carol.last_request("INVITE"), Not(HasSubstr("Referred-By")));
    EXPECT_THAT(run.told(), HasSubstr("the operator calls alice for b1"));
    EXPECT_THAT(run.told(), HasSubstr("alice answered: b1 is called"));
    EXPECT_THAT(run.told(), HasSubstr("the call asked for is complete"));
    const auto view = run.world.core().call(placed.id);
    EXPECT_EQ(view->from, "alice");
    EXPECT_EQ(view->to, "b1");
    EXPECT_EQ(view->a.uri, "b1");
    EXPECT_EQ(view->b->uri, "alice");
    EXPECT_EQ(run.outcomes_of("answered"), 1U);
}

TEST(Originate, IsACallLikeAnyOtherOnceBothTalk) {
    Originate run;
    run.place();
    run.world.pass(3s);
    for (auto [holder, held] : {std::pair{&run.alice, &run.carol}, std::pair{&run.carol, &run.alice}}) {
        holder->wish = Direction::inactive;
        holder->reinvite();
        run.world.pass(1s);
        EXPECT_TRUE(run.hears(*held, run.music)) << held->describe();
        holder->wish = Direction::sendrecv;
        holder->reinvite();
        run.world.pass(1s);
        EXPECT_TRUE(run.talk(*holder, *held));
    }
    Phone& dora = run.world.add_callee(2);
    run.alice.allows_refer = true;
    run.alice.refer("sip:b2@10.0.0.1");
    run.world.pass(3s);
    EXPECT_TRUE(run.talk(run.carol, dora));
    run.carol.bye();
    run.world.pass(1s);
    EXPECT_TRUE(dora.over());
}

TEST(Originate, EndsWithTheOutcomeOfTheFirstWhoDoesNotAnswer) {
    for (const auto& [script, outcome] : {std::pair{refuses(486), "busy"}, {refuses(603), "refused"}}) {
        Originate run;
        run.alice.on_invite = script;
        const auto placed = run.place();
        run.world.pass(2s);
        EXPECT_EQ(run.carol.received("INVITE"), 0U);
        EXPECT_EQ(run.outcomes_of(outcome), 1U);
        EXPECT_FALSE(run.world.core().call(placed.id));
        EXPECT_EQ(run.world.core().ladder(placed.id)->state, "ended");
    }
}

TEST(Originate, TheTimeThatEachMayRingIsTheOperatorsToSay) {
    Originate first;
    first.alice.on_invite = never_answers;
    first.world.originate({"alice", "b1", {}, {}, 5s});
    first.world.pass(7s);
    EXPECT_EQ(first.alice.received("CANCEL"), 1U);
    EXPECT_EQ(first.outcomes_of("no_answer"), 1U);
    Originate second;
    second.carol.on_invite = never_answers;
    second.world.originate({"alice", "b1", {}, {}, 5s});
    second.world.pass(7s);
    EXPECT_EQ(second.carol.received("CANCEL"), 1U);
    EXPECT_TRUE(second.alice.over());
    EXPECT_THAT(second.alice.last_request("BYE"), HasSubstr("Reason: SIP;cause=408"));
}

TEST(Originate, TheFirstIsToldByByeWhyTheSecondIsNotConnected) {
    Originate run;
    run.carol.on_invite = {reply(100ms, 180), reply(500ms, 486)};
    run.place();
    run.world.pass(3s);
    EXPECT_TRUE(run.alice.over());
    EXPECT_THAT(run.alice.last_request("BYE"), HasSubstr("Reason: SIP;cause=486;text=\"not connected\""));
}

TEST(Originate, TheFirstWhoHangsUpTakesTheCallToTheSecondBack) {
    Originate run;
    run.place();
    run.world.pass(900ms);
    run.alice.bye();
    run.world.pass(2s);
    EXPECT_EQ(run.carol.received("CANCEL"), 1U);
    EXPECT_FALSE(run.carol.ever_up());
}

TEST(Originate, IsEndedByTheOperatorAtAnyMoment) {
    for (const Duration after : {0ms, 100ms, 300ms, 340ms, 400ms, 700ms, 1300ms, 1400ms, 1500ms, 3000ms}) {
        SCOPED_TRACE(after.count());
        Originate run;
        const auto placed = run.place();
        run.world.pass(after);
        run.world.hang_up(placed.id);
        run.world.pass(3s);
        EXPECT_FALSE(run.alice.up());
        EXPECT_FALSE(run.carol.up());
        EXPECT_EQ(run.world.core().call_count(), 0U);
    }
}

TEST(Originate, AllDevicesOfTheFirstRingAndTheOthersStop) {
    Originate run;
    Phone& desk = run.of_bob(never_answers);
    Phone& mobile = run.of_bob({reply(50ms, 183), reply(600ms, 200)});
    run.place("bob");
    run.world.pass(5s);
    EXPECT_EQ(desk.received("CANCEL"), 1U);
    EXPECT_TRUE(run.talk(mobile, run.carol));
}

TEST(Originate, IsRefusedWhereNobodyCouldBeCalled) {
    Originate run;
    EXPECT_EQ(run.place("nobody").outcome, Outcome::no_way_to_from);
    EXPECT_EQ(run.place("bob").outcome, Outcome::no_way_to_from) << "who is registered nowhere";
    EXPECT_EQ(run.place("music").outcome, Outcome::no_way_to_from) << "built-in ends do not talk to each other";
    EXPECT_EQ(run.place("alice", "999").outcome, Outcome::no_way_to_to);
    EXPECT_EQ(run.place("alice", "music").outcome, Outcome::no_way_to_to);
    EXPECT_EQ(run.place("", "b1").outcome, Outcome::malformed);
    EXPECT_EQ(run.place("alice", "b 1>").outcome, Outcome::malformed);
    EXPECT_EQ(run.place("alice", std::string(257, '1')).outcome, Outcome::malformed);
    EXPECT_EQ(run.world.originate({"alice", "b1", {}, "trunk:none", {}}).outcome, Outcome::unknown_party);
    run.world.drain();
    EXPECT_EQ(run.place().outcome, Outcome::draining);
    EXPECT_EQ(run.world.core().call_count(), 0U);
}

TEST(Originate, GoesByTheRoutesOfTheFirstOrOfWhomTheOperatorNames) {
    const auto routes = [](config::Config& config) {
        config.routes.push_back({"user:alice", "^100$", {"trunk:b1"}});
        config.routes.push_back({"trunk:callers", "^200$", {"trunk:b1"}});
    };
    Originate run{1, routes};
    EXPECT_EQ(run.place("alice", "200").outcome, Outcome::no_way_to_to);
    EXPECT_EQ(run.place("b1", "100").outcome, Outcome::no_way_to_to);
    EXPECT_EQ(run.world.originate({"sip:alice@10.0.0.1", "sip:200@anywhere", {}, "trunk:callers", {}}).outcome,
              Outcome::placed);
    run.world.pass(4s);
    EXPECT_TRUE(run.talk(run.alice, run.carol));
}

TEST(Originate, OnlySoManyWaitForTheirFirstAnswer) {
    Originate run;
    run.alice.on_invite = never_answers;
    for (std::size_t i = 0; i < server::Core::max_originated; ++i) { ASSERT_EQ(run.place().outcome, Outcome::placed); }
    EXPECT_EQ(run.place().outcome, Outcome::too_many);
    run.world.hang_up_all("enough");
    run.world.pass(2s);
}

TEST(Originate, AReinviteOfTheFirstThatMeetsOursIsServedInTheEnd) {
    for (Duration at = 1200ms; at < 1600ms; at += 20ms) {
        SCOPED_TRACE(at.count());
        Originate run;
        run.place();
        run.world.pass(at);
        if (run.alice.may_offer()) { run.alice.reinvite(); }
        run.world.pass(8s);
        EXPECT_TRUE(run.talk(run.alice, run.carol));
    }
}

TEST(Originate, AFirstThatRefusesToBeToldOfItsPartnerTalksToIt) {
    Originate run;
    run.alice.on_reinvite = refuses(488);
    run.place();
    run.world.pass(4s);
    EXPECT_TRUE(run.talk(run.alice, run.carol));
}

TEST(Originate, SurvivesLossAndDisorder) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        Originate run{seed};
        run.world.network.all = {.loss = 0.1, .duplicate = 0.05, .reorder = 0.1, .delay = 10ms, .jitter = 40ms};
        run.place();
        run.world.pass(30s);
        run.world.network.all = {};
        EXPECT_TRUE(run.alice.up());
        EXPECT_TRUE(run.carol.up());
    }
}

}  // namespace
}  // namespace simulation
