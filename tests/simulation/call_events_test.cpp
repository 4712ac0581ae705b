// What is told of calls to whoever watches the server live. That who knows the events alone knows the list of calls,
// and that each call begins and ends once, is checked in every world.
#include "tests/simulation/office.hpp"
#include "tests/simulation/transfer_parties.hpp"

namespace simulation {
namespace {

using server::CallEvent;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::SizeIs;

std::vector<CallEvent> calls_of(const World& world) {
    std::vector<CallEvent> events;
    for (const auto& event : world.events) {
        if (const auto* const of_call = std::get_if<CallEvent>(&event)) { events.push_back(*of_call); }
    }
    return events;
}

std::string text_of(const CallEvent& event) {
    constexpr const char* names[] = {"started", "ringing", "answered", "renegotiated",
                                     "held",    "resumed", "changed",  "ended"};
    std::string text = names[static_cast<unsigned>(event.kind)];
    if (event.hold) {
        text += event.hold->leg == media::Side::a ? " a" : " b";
        if (event.hold->by_operator) { text += " by the operator"; }
    }
    if (event.end) { text += ' ' + event.end->outcome + ' ' + std::to_string(event.end->code); }
    return text;
}

// Without those of which nothing but a route, a party or the music is news.
std::vector<std::string> told(const World& world) {
    std::vector<std::string> texts;
    for (const CallEvent& event : calls_of(world)) {
        if (event.kind != CallEvent::Kind::changed) { texts.push_back(text_of(event)); }
    }
    return texts;
}

TEST(CallEvents, OfACallThatIsHeldResumedAndHungUp) {
    Scenario run;
    run.b.on_invite = {reply(100ms, 180), reply(500ms, 200)};
    run.up();
    run.a.talks = false;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_TRUE(run.world.core().briefs(1).at(0)->hold.a);
    EXPECT_TRUE(run.world.core().briefs(1).at(0)->music.b);
    run.a.talks = true;
    run.a.reinvite();
    run.pass(1s);
    run.b.bye();
    run.pass(1s);
    EXPECT_THAT(told(run.world), ElementsAre("started", "ringing", "answered", "renegotiated", "held a", "renegotiated",
                                             "resumed a", "ended answered 200"));
    const CallEvent last = calls_of(run.world).back();
    EXPECT_EQ(last.end->ended_by, "b");
    EXPECT_EQ(last.end->cause, "B hung up");
    EXPECT_EQ(last.call->renegotiations, 2U);
    ASSERT_TRUE(last.call->a && last.call->b);
    EXPECT_EQ(last.call->a->trunk, "callers");
    EXPECT_EQ(last.call->b->remote, run.b.identity().sip);
}

TEST(CallEvents, TellAChangeOnceHoweverOftenItIsRepeated) {
    Scenario run;
    run.world.network.all.loss = 0.2;
    run.world.network.all.duplicate = 0.2;
    run.world.checks_hearing = false;
    run.b.on_invite = {reply(100ms, 180), reply(500ms, 200)};
    run.a.invite("b0");
    run.pass(60s);
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(60s);
    run.b.bye();
    run.pass(60s);
    EXPECT_THAT(told(run.world),
                AnyOf(ElementsAre("started", "ringing", "answered", "renegotiated", "held a", "ended answered 200"),
                      ElementsAre("started", "answered", "renegotiated", "held a", "ended answered 200")));
}

TEST(CallEvents, OfACallThatIsRefused) {
    Scenario run;
    run.b.on_invite = refuses(486, 50ms);
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_THAT(told(run.world), ElementsAre("started", "ended busy 486"));
}

TEST(CallEvents, OfACallThatHasNoRouteBeginAndEndInOneTurn) {
    Scenario run;
    run.a.invite("nowhere");
    run.pass(1s);
    const auto events = calls_of(run.world);
    EXPECT_THAT(told(run.world), ElementsAre("started", "ended refused 404"));
    EXPECT_EQ(events.at(0).at, events.at(1).at);
    EXPECT_EQ(events.at(1).call->to, "sip:nowhere@10.0.0.1:5060");
}

TEST(CallEvents, OfAHoldThatTheFarSideRefuses) {
    Scenario run;
    run.b.on_reinvite = refuses(488, 20ms);
    run.up();
    run.a.talks = false;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_THAT(told(run.world), ElementsAre("started", "ringing", "answered", "renegotiated", "held a"));
    EXPECT_TRUE(run.world.core().briefs(1).at(0)->music.b);
}

TEST(CallEvents, OfACallThatEndsWhileItIsHeldSayNothingOfAResume) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    run.a.bye();
    run.pass(1s);
    EXPECT_THAT(told(run.world),
                ElementsAre("started", "ringing", "answered", "renegotiated", "held a", "ended answered 200"));
}

TEST(CallEvents, OfAHoldByTheOperator) {
    Scenario run;
    run.up();
    run.world.order(media::Side::b, server::LegOrder::Kind::hold);
    run.pass(1s);
    run.world.order(media::Side::b, server::LegOrder::Kind::resume);
    run.pass(1s);
    EXPECT_THAT(told(run.world), AllOf(Contains("held b by the operator"), Contains("resumed b by the operator"),
                                       Not(Contains("held a"))));
}

TEST(CallEvents, OfATransferTellWhoIsThereNow) {
    Scenario run;
    Phone& target = run.world.add_callee(1);
    run.world.checks_hearing = false;
    run.a.allows_refer = true;
    target.on_invite = {reply(100ms, 180), reply(800ms, 200)};
    run.up();
    const std::size_t before = calls_of(run.world).size();
    run.a.refer("sip:b1@10.0.0.1");
    run.pass(3s);
    ASSERT_TRUE(hear_each_other(run, run.b, target));
    const auto events = calls_of(run.world);
    ASSERT_GT(events.size(), before);
    EXPECT_EQ(events.back().call->a->remote, target.identity().sip);
    EXPECT_EQ(events.back().call->a->trunk, "b1");
    target.bye();
    run.pass(1s);
    EXPECT_EQ(text_of(calls_of(run.world).back()), "ended answered 200");
}

TEST(CallEvents, OfACallOfTheOperator) {
    Office office;
    Phone& bob = office.registered("bob");
    office.alice.register_here();
    office.world.pass(1s);
    office.world.originate({"alice", "bob", {}, {}, {}});
    office.world.pass(3s);
    ASSERT_TRUE(office.talk(office.alice, bob));
    const auto events = calls_of(office.world);
    EXPECT_EQ(events.front().kind, CallEvent::Kind::started);
    EXPECT_THAT(told(office.world), Contains("answered").Times(1));
    EXPECT_EQ(events.back().call->a->user, "bob") << "who is called last takes the empty seat";
    EXPECT_EQ(events.back().call->b->user, "alice");
}

TEST(CallEvents, ShareWhatListsShow) {
    Scenario run;
    run.up();
    run.pass(10s);
    const auto brief = run.world.core().briefs(10).at(0);
    EXPECT_EQ(calls_of(run.world).back().call, brief) << "nothing is made anew while nothing changes";
    EXPECT_THAT(run.world.core().briefs(0), SizeIs(0));
    const server::CallView view = run.world.core().calls(1).at(0);
    EXPECT_EQ(brief->id, view.id);
    EXPECT_EQ(brief->state, view.state);
    EXPECT_EQ(brief->route, view.route);
    EXPECT_EQ(brief->answered, view.answered);
    EXPECT_EQ(brief->b->remote.to_string(), view.b->remote);
}

}  // namespace
}  // namespace simulation
