// A leg that the operator puts on hold: what we want, beside what either peer wants.
#include "tests/simulation/music_source.hpp"

namespace simulation {
namespace {

using media::Side;
using server::OrderResult;
using testing::HasSubstr;
using Kind = server::LegOrder::Kind;

void order(Scenario& run, Side leg, Kind kind) {
    EXPECT_EQ(run.world.order(leg, kind), OrderResult::taken);
    run.pass(2s);
}

TEST(OperatorHold, TheLegHearsMusicAndTheOtherNothingOfItUntilTheResume) {
    for (const Side side : {Side::a, Side::b}) {
        Scenario run;
        run.up();
        Phone& held = side == Side::a ? run.a : run.b;
        Phone& other = side == Side::a ? run.b : run.a;
        order(run, side, Kind::hold);
        EXPECT_TRUE(run.hears_music(held)) << held.describe();
        EXPECT_EQ(held.last_offer()->direction, Direction::sendonly);
        EXPECT_FALSE(held.belief().speaks());
        EXPECT_TRUE(run.hears_nothing(other)) << other.describe();
        const auto call = run.world.core().calls(1).front();
        EXPECT_EQ(call.held_a, side == Side::a);
        EXPECT_EQ(call.held_b, side == Side::b);
        order(run, side, Kind::resume);
        EXPECT_EQ(held.last_offer()->direction, Direction::sendrecv);
        run.expect_conversation();
        EXPECT_EQ(held.heard().source_count(), 1U);
    }
}

TEST(OperatorHold, PlaysAtOnceWhateverThePeerAnswers) {
    for (const auto& script : {refuses(488), refuses(486), answers(3s)}) {
        Scenario run;
        run.up();
        run.b.next_reinvites = {script};
        const Instant asked = run.now();
        ASSERT_EQ(run.world.order(Side::b, Kind::hold), OrderResult::taken);
        run.pass(1s);
        const auto first = run.b.heard().first(run.music, asked);
        ASSERT_TRUE(first);
        EXPECT_LE(*first - asked, 25ms);
        EXPECT_TRUE(run.hears_music(run.b));
        run.pass(4s);
        EXPECT_TRUE(run.hears_music(run.b));
        order(run, Side::b, Kind::resume);
        run.expect_conversation();
    }
}

TEST(OperatorHold, OutlastsAHoldOfThePeerAndIsOutlastedByIt) {
    for (const bool operator_first : {true, false}) {
        Scenario run;
        run.up();
        order(run, Side::b, Kind::hold);
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_TRUE(run.hears_music(run.b));
        if (operator_first) { order(run, Side::b, Kind::resume); }
        if (!operator_first) {
            run.a.reinvite();
            run.pass(1s);
        }
        EXPECT_TRUE(run.hears_music(run.b)) << "the other hold goes on";
        EXPECT_TRUE(run.hears_nothing(run.a));
        if (!operator_first) { order(run, Side::b, Kind::resume); }
        if (operator_first) {
            run.a.reinvite();
            run.pass(1s);
        }
        run.expect_conversation();
    }
}

TEST(OperatorHold, OfBothLegsPlaysToBoth) {
    Scenario run;
    run.world.checks_hearing = false;  // by their descriptions both are held
    run.up();
    order(run, Side::a, Kind::hold);
    order(run, Side::b, Kind::hold);
    EXPECT_TRUE(run.hears_music(run.a));
    EXPECT_TRUE(run.hears_music(run.b));
    order(run, Side::a, Kind::resume);
    EXPECT_TRUE(run.hears_nothing(run.a));
    EXPECT_TRUE(run.hears_music(run.b));
    order(run, Side::b, Kind::resume);
    run.expect_conversation();
}

TEST(OperatorHold, OfALegThatHoldsItselfPlaysOnceItResumes) {
    Scenario run;
    run.up();
    run.b.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    order(run, Side::b, Kind::hold);
    EXPECT_TRUE(run.hears_nothing(run.b));
    run.b.reinvite();
    run.pass(1s);
    EXPECT_TRUE(run.hears_music(run.b));
    order(run, Side::b, Kind::resume);
    run.expect_conversation();
}

TEST(OperatorHold, IsPlayedByTheMusicServer) {
    for (const auto method : {config::HoldMethod::inject, config::HoldMethod::rfc7088}) {
        MusicSource music{method};
        order(music.run, Side::b, Kind::hold);
        EXPECT_TRUE(music.plays_to_b()) << music.run.b.describe();
        const bool by_offer = method == config::HoldMethod::rfc7088;
        EXPECT_EQ(music.run.b.last_request("INVITE").find("m=audio") == std::string::npos, by_offer);
        order(music.run, Side::b, Kind::resume);
        EXPECT_THAT(music.run.b.last_request("INVITE"), HasSubstr("a=sendrecv"));
        EXPECT_TRUE(music.server.over());
        music.run.expect_conversation();
    }
}

TEST(OperatorHold, IsNotCutByTheMediaTimeout) {
    Scenario run{[](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.media_timeout = 5s; }
    }};
    run.up();
    order(run, Side::a, Kind::hold);
    run.pass(30s);
    run.expect_up();
}

TEST(OperatorReinvite, SaysOnceMoreWhatIsAgreed) {
    Scenario run;
    run.up();
    const auto asked = run.b.received("INVITE");
    order(run, Side::b, Kind::reinvite);
    EXPECT_EQ(run.b.received("INVITE"), asked + 1);
    EXPECT_EQ(run.b.last_offer()->direction, Direction::sendrecv);
    EXPECT_EQ(run.a.received("INVITE"), 0U);
    run.expect_conversation();
}

TEST(OperatorOrders, AreRefusedWhereNoLegCanTakeThem) {
    Scenario run;
    EXPECT_EQ(run.world.order(Side::a, Kind::hold), OrderResult::no_such_call);
    run.a.invite("b0");
    run.pass(200ms);
    EXPECT_EQ(run.world.order(Side::a, Kind::hold), OrderResult::not_now) << "it rings";
    run.pass(2s);
    run.expect_conversation();
}

TEST(OperatorOrders, FindNobodyBehindABuiltinEnd) {
    Scenario run;
    run.world.checks_hearing = false;
    run.a.invite("echo");
    run.pass(1s);
    EXPECT_EQ(run.world.order(Side::a, Kind::hold), OrderResult::not_now);
}

}  // namespace
}  // namespace simulation
