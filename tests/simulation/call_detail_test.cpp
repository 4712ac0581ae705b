// The detail record that a call leaves behind. That each call leaves one, which agrees with what was counted, is
// checked at the end of every world.
#include "tests/simulation/office.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const server::CallDetail& only(const Scenario& run) {
    EXPECT_THAT(run.world.details, SizeIs(1));
    return run.world.details.at(0);
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

TEST(CallDetail, OfAConversation) {
    Scenario run;
    run.up();
    run.pass(10s);
    EXPECT_THAT(run.world.details, IsEmpty()) << "not before its end";
    run.b.bye();
    run.pass(1s);
    const server::CallDetail& detail = only(run);
    EXPECT_EQ(detail.outcome, "answered");
    EXPECT_EQ(detail.code, 200);
    EXPECT_EQ(detail.ended_by, "b");
    EXPECT_EQ(detail.cause, "B hung up");
    EXPECT_EQ(detail.route, run.world.core().ladder(detail.id)->route);
    EXPECT_NEAR(seconds(detail.ended - *detail.answered), 11.5, 0.1);
    EXPECT_EQ(detail.a.view.trunk, "callers");
    EXPECT_EQ(detail.a.view.call_id, run.a.call_id());
    ASSERT_TRUE(detail.b);
    EXPECT_EQ(detail.b->view.trunk, "b0");
    EXPECT_EQ(detail.b->view.remote, run.b.identity().sip.to_string());
    for (const server::LegDetail* leg : {&detail.a, &*detail.b}) {
        EXPECT_THAT(leg->codecs, ElementsAre("PCMA"));
        EXPECT_GT(leg->view.slots.at(0).stats.packets_in, 500U) << "12 s of 50 packets each";
        EXPECT_EQ(leg->held, 0s);
    }
}

TEST(CallDetail, CountsHoldsAndMusic) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(5s);
    run.a.reinvite();
    run.pass(5s);
    run.a.bye();
    run.pass(1s);
    const server::CallDetail& detail = only(run);
    EXPECT_EQ(detail.renegotiations, 2U);
    EXPECT_EQ(detail.ended_by, "a");
    EXPECT_NEAR(seconds(detail.b->held), 5, 0.2);
    EXPECT_NEAR(seconds(detail.b->music), 5, 0.2);
    EXPECT_EQ(detail.a.held, 0s);
    EXPECT_EQ(detail.a.music, 0s);
}

TEST(CallDetail, CountsWhatWasHealed) {
    Scenario run;
    run.b.on_reinvite = refuses(488, 20ms);
    run.up();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    run.a.bye();
    run.pass(1s);
    EXPECT_EQ(only(run).renegotiations, 1U);
    EXPECT_EQ(only(run).healed, 1U);
}

TEST(CallDetail, NamesTheCodecsInOrder) {
    Scenario run;
    run.up();
    run.a.use_only(Law::mu);
    run.a.reinvite();
    run.pass(2s);
    run.a.bye();
    run.pass(1s);
    EXPECT_THAT(only(run).a.codecs, ElementsAre("PCMA", "PCMU"));
}

TEST(CallDetail, OfACallThatIsRefused) {
    Scenario run;
    run.b.on_invite = refuses(486, 50ms);
    run.a.invite("b0");
    run.pass(1s);
    const server::CallDetail& detail = only(run);
    EXPECT_EQ(detail.outcome, "busy");
    EXPECT_EQ(detail.code, 486);
    EXPECT_EQ(detail.ended_by, "b");
    EXPECT_THAT(detail.cause, HasSubstr("486 Busy Here"));
    EXPECT_FALSE(detail.answered);
    EXPECT_EQ(detail.b->view.trunk, "b0");
}

TEST(CallDetail, OfACallWithoutARoute) {
    Scenario run;
    run.a.invite("nowhere");
    run.pass(1s);
    EXPECT_EQ(only(run).outcome, "refused");
    EXPECT_EQ(only(run).code, 404);
    EXPECT_EQ(only(run).ended_by, "server");
    EXPECT_FALSE(only(run).b);
}

TEST(CallDetail, OfACallThatIsGivenUp) {
    Scenario run;
    run.b.on_invite = {reply(10ms, 180)};
    run.a.invite("b0");
    run.pass(2s);
    run.a.cancel();
    run.pass(2s);
    EXPECT_EQ(only(run).outcome, "cancelled");
    EXPECT_EQ(only(run).code, 487);
    EXPECT_EQ(only(run).ended_by, "a");
}

TEST(CallDetail, OfACallThatAnOperatorEnds) {
    Scenario run;
    run.up();
    run.world.hang_up(run.world.core().calls(1).at(0).id);
    EXPECT_THAT(run.world.details, ElementsAre(Field(&server::CallDetail::ended_by, "operator")))
        << "at once, whether or not the peers answer the BYE";
    run.pass(1s);
}

TEST(CallDetail, OfABuiltInEndHasOneLeg) {
    Scenario run;
    run.world.checks_hearing = false;
    run.a.invite("milliwatt");
    run.pass(3s);
    run.a.bye();
    run.pass(1s);
    EXPECT_EQ(only(run).outcome, "answered");
    EXPECT_FALSE(only(run).b);
}

TEST(CallDetail, NamesUsers) {
    Office office;
    Phone& bob = office.registered("bob");
    office.alice.invite("bob");
    office.world.pass(3s);
    bob.bye();
    office.world.pass(1s);
    ASSERT_THAT(office.world.details, SizeIs(1));
    EXPECT_EQ(office.world.details[0].a.view.user, "alice");
    EXPECT_EQ(office.world.details[0].b->view.user, "bob");
}

}  // namespace
}  // namespace simulation
