// Calls as people make them: set up, early media, refused, given up, ended from each side, on every transport.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Call, ConnectsTwoPhonesThatThenHearEachOther) {
    Scenario run;
    run.up();
    run.expect_conversation();
    EXPECT_THAT(run.a.statuses_of("INVITE"), testing::ElementsAre(100, 180, 200));
    run.a.bye();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("BYE"), 200);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.expect_over();
}

TEST(Call, EndsWhenTheCalleeHangsUp) {
    Scenario run;
    run.up();
    run.b.bye();
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("BYE"), 200);
    run.expect_over();
}

TEST(Call, CrossesTransportsAndAddressFamilies) {
    for (const Kind a : {Kind::udp, Kind::tcp, Kind::v6}) {
        for (const Kind b : {Kind::udp, Kind::tcp, Kind::v6}) {
            SCOPED_TRACE(std::to_string(static_cast<int>(a)) + " to " + std::to_string(static_cast<int>(b)));
            Scenario run{ScenarioOptions{a, b, 1, {}}};
            run.up();
            run.expect_conversation();
            run.a.reinvite(Sdp::with(Direction::inactive));
            run.pass(1s);
            EXPECT_TRUE(run.hears_music(run.b));
            run.b.bye();
            run.pass(1s);
            run.expect_over();
        }
    }
}

TEST(Call, PlaysEarlyMediaToTheCaller) {
    Scenario run;
    Sdp early;
    early.kind = Sdp::Kind::described;
    run.b.on_invite = {reply(50ms, 183, early), reply(3s, 200)};
    run.b.talks_early = true;
    run.a.invite("b0");
    run.pass(2s);
    EXPECT_THAT(run.a.statuses_of("INVITE"), Contains(183));
    EXPECT_TRUE(run.hears_other(run.a));
    run.pass(3s);
    run.expect_conversation();
}

TEST(Call, BringsBusyAndDeclineToTheCaller) {
    for (const int status : {486, 600, 603, 480}) {
        Scenario run;
        run.b.on_invite = refuses(status);
        run.a.invite("b0");
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), status);
        run.expect_over();
    }
}

TEST(Call, CanBeCancelledAtEachMoment) {
    for (Duration moment = 0ms; moment <= 700ms; moment += 20ms) {
        SCOPED_TRACE(std::to_string(moment / 1ms) + " ms");
        Scenario run;
        run.a.invite("b0");
        run.pass(moment);
        run.a.cancel();
        run.pass(3s);
        if (run.a.up()) { run.a.bye(); }
        run.pass(1s);
        run.expect_over();
    }
}

TEST(Call, ThatNobodyAnswersIsGivenUp) {
    Scenario run{[](config::Config& config) { config.sip.no_answer = 10s; }};
    run.b.on_invite = {reply(50ms, 180)};
    run.a.invite("b0");
    run.pass(9s);
    EXPECT_EQ(run.a.final_of("INVITE"), 0);
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 408);
    EXPECT_EQ(run.b.received("CANCEL"), 1U);
    run.expect_over();
}

TEST(Call, ToAPeerThatRefusesTheConnectionFailsAtOnce) {
    Scenario run{ScenarioOptions{Kind::udp, Kind::tcp, 1, {}}};
    run.world.refuse(run.b.identity().sip);
    run.a.invite("t0");
    run.pass(2s);
    EXPECT_GE(run.a.final_of("INVITE"), 500);
}

TEST(Call, TriesTheNextTargetWhenTheFirstFails) {
    Scenario run{[](config::Config& config) {
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:b1", "trunk:b0"}});
    }};
    Phone& first = run.world.add_callee(1);
    first.on_invite = refuses(503);
    run.up();
    EXPECT_EQ(first.received("INVITE"), 1U);
    run.expect_conversation();
}

TEST(Call, TriesTheNextTargetInAnotherNetwork) {
    Scenario run{[](config::Config& config) {
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:six1", "trunk:b0"}});
    }};
    Phone& first = run.world.add_callee(1, Kind::v6);
    first.on_invite = refuses(503);
    run.up();
    EXPECT_EQ(first.received("INVITE"), 1U);
    run.expect_conversation();
}

TEST(Call, WithoutAnOfferGetsItsOfferFromTheCallee) {
    Scenario run;
    run.a.invite("b0", Sdp::none());
    run.pass(2s);
    EXPECT_THAT(run.b.last_request("INVITE"), Not(HasSubstr("v=0")));
    run.expect_conversation();
}

TEST(Call, WithoutAnOfferGetsItsOfferFromUsWhereTheTrunkWantsIt) {
    Scenario run{[](config::Config& config) {
        config.renegotiation.offerless = config::Offerless::local;
        for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.offerless = config::Offerless::local; }
    }};
    run.a.invite("b0", Sdp::none());
    run.pass(2s);
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("v=0"));
    run.expect_conversation();
}

TEST(Call, SurvivesPoorNetworks) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Scenario run{ScenarioOptions{Kind::udp, Kind::udp, seed, {}}};
        run.world.checks_hearing = false;
        run.world.network.all = {.loss = 0.15, .duplicate = 0.1, .reorder = 0.2, .delay = 20ms, .jitter = 40ms};
        run.a.invite("b0");
        run.pass(40s);
        run.expect_up();
        run.a.bye();
        run.pass(40s);
        run.expect_over();
    }
}

TEST(Call, LosesItsLegWithoutAnAnswerToTheBye) {
    Scenario run;
    run.up();
    run.b.answers_bye = false;
    run.a.bye();
    run.pass(40s);
    EXPECT_EQ(run.world.core().call_count(), 0U);
}

TEST(Call, OffersAVideoLineThatIsDeclinedInItsPlace) {
    Scenario run;
    Sdp offer = Sdp::with(Direction::sendrecv);
    offer.video = true;
    run.a.invite("b0", offer);
    run.pass(2s);
    run.expect_conversation();
    EXPECT_EQ(run.a.belief().remote->lines, 2U);
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.belief().remote->lines, 2U);
}

}  // namespace
}  // namespace simulation
