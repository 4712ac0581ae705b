// Reliable provisional responses on both legs (RFC 3262), each by what its own peer can do: who gets a description, in
// what, and what remains when the call ends before it is up.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

const std::string description = "m=audio";

struct Ability {
    bool supports;
    bool requires_it;
};
constexpr Ability abilities[] = {{false, false}, {true, false}, {true, true}};

std::size_t seen(const Phone& phone, int status) {
    const auto all = phone.statuses_of("INVITE");
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), status));
}

void set(Phone& phone, const Ability& ability) {
    phone.supports_100rel = ability.supports;
    phone.requires_100rel = ability.requires_it;
}

Network::Which response_to(const Phone& phone, int status) {
    return [to = phone.identity().sip, status](const Datagram& datagram, const Glance& glance) {
        return datagram.to == to && glance.status == status;
    };
}

TEST(EarlySession, EachLegIsReliableOrNotByItsOwnPeer) {
    for (const Ability& of_a : abilities) {
        for (const bool of_b : {false, true}) {
            SCOPED_TRACE(testing::Message() << of_a.supports << of_a.requires_it << of_b);
            Scenario run;
            set(run.a, of_a);
            run.b.talks_early = true;
            const Sdp early = Sdp::with(Direction::sendrecv);
            run.b.on_invite = {of_b ? reliable(100ms, 183) : reply(100ms, 183, early), reply(2s, 200)};
            run.a.invite("b0");
            run.pass(1s);
            EXPECT_EQ(run.b.received("PRACK"), of_b ? 1U : 0U);
            EXPECT_EQ(run.a.final_of("PRACK"), of_a.supports ? 200 : 0);
            EXPECT_EQ(seen(run.a, 183), 1U);
            EXPECT_TRUE(run.hears_other(run.a));
            run.pass(2s);
            EXPECT_NE(run.a.final_text("INVITE").find(description) == std::string::npos, !of_a.supports);
            run.expect_conversation();
        }
    }
}

TEST(EarlySession, RingingWithoutADescriptionIsReliableOnlyWhereThatIsDemanded) {
    for (const bool demanded : {false, true}) {
        Scenario run;
        set(run.a, {true, demanded});
        run.up();
        EXPECT_EQ(run.a.final_of("PRACK"), demanded ? 200 : 0);
        EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr(description));
        run.expect_conversation();
    }
}

TEST(EarlySession, WhatWaitsForItsPrackIsFollowedByWhatCameMeanwhile) {
    Scenario run;
    set(run.a, {true, true});
    run.world.network.lose(response_to(run.a, 180), 1);
    run.b.on_invite = {reply(50ms, 180), reply(100ms, 183, Sdp::with(Direction::sendrecv)), reply(3s, 200)};
    run.a.invite("b0");
    run.pass(300ms);
    EXPECT_EQ(seen(run.a, 183), 0U);
    run.pass(500ms);
    EXPECT_EQ(seen(run.a, 180), 1U);
    EXPECT_EQ(seen(run.a, 183), 1U);
    run.pass(4s);
    run.expect_conversation();
}

TEST(EarlySession, A200OvertakesWhatStillWaitsToBeShown) {
    Scenario run;
    set(run.a, {true, true});
    run.world.network.lose(response_to(run.a, 180), 1);
    run.b.on_invite = {reply(50ms, 180), reply(100ms, 183, Sdp::with(Direction::sendrecv)), reply(200ms, 200)};
    run.up();
    EXPECT_EQ(seen(run.a, 183), 0U);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr(description)) << "the 183 never told it";
    run.expect_conversation();
}

TEST(EarlySession, RingingForACallerThatDemandsItAndOffersNothingBringsOurOffer) {
    Scenario run;
    set(run.a, {true, true});
    run.a.invite("b0", Sdp::none());
    run.pass(300ms);
    EXPECT_EQ(seen(run.a, 180), 1U);
    EXPECT_TRUE(run.a.last_offer());
    run.pass(2s);
    EXPECT_THAT(run.b.received_ack(), HasSubstr(description)) << "B's own offer came in its 200";
    run.expect_conversation();
}

TEST(EarlySession, AnOfferInAReliable183IsAnsweredByTheCallersPrack) {
    Scenario run;
    set(run.a, {true, false});
    run.b.talks_early = run.a.talks_early = true;
    run.world.network.delay(Scenario::request_of(run.a, "PRACK"), 100ms);
    run.b.on_invite = {reliable(100ms, 183), reply(2s, 200)};
    run.a.invite("b0", Sdp::none());
    run.pass(150ms);
    EXPECT_EQ(run.b.received("PRACK"), 0U) << "it waits for A's answer";
    run.pass(850ms);
    EXPECT_EQ(run.a.final_of("PRACK"), 200);
    EXPECT_THAT(run.b.last_request("PRACK"), HasSubstr(description));
    EXPECT_TRUE(run.hears_other(run.a));
    EXPECT_TRUE(run.hears_other(run.b));
    run.pass(2s);
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr(description)));
    EXPECT_THAT(run.b.received_ack(), Not(HasSubstr(description)));
    run.expect_conversation();
}

TEST(EarlySession, ACallersHoldInItsPrackReachesTheCallee) {
    Scenario run;
    set(run.a, {true, false});
    run.a.ack.answer = Sdp::with(Direction::sendonly);
    run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
    run.a.invite("b0", Sdp::none());
    run.pass(3s);
    run.expect_up();
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(EarlySession, AMissingOrUnreadableAnswerInThePrackEndsTheCall) {
    for (const Sdp& answer : {Sdp::none(), Sdp::text("v=0\r\nthis is no description\r\n")}) {
        Scenario run;
        set(run.a, {true, false});
        run.a.checks = false;
        run.a.ack.answer = answer;
        run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
        run.a.invite("b0", Sdp::none());
        run.pass(2s);
        EXPECT_THAT(run.a.final_of("PRACK"), AnyOf(400, 488));
        EXPECT_EQ(run.a.final_of("INVITE"), 488);
        EXPECT_THAT(run.b.last_request("PRACK"), HasSubstr("m=audio 0"));
        EXPECT_EQ(run.b.received("CANCEL"), 1U);
        run.expect_over();
    }
}

TEST(EarlySession, AForkWithAnotherOfferIsAnsweredHere) {
    Scenario run;
    set(run.a, {true, false});
    Phone& second = run.add_fork();
    run.b.on_invite = {reliable(100ms, 183)};
    second.on_invite = {reliable(110ms, 183), reply(1s, 200)};
    run.world.network.delay(Scenario::request_of(run.a, "PRACK"), 200ms);
    run.a.invite("b0", Sdp::none());
    run.pass(3s);
    EXPECT_THAT(run.b.last_request("PRACK"), HasSubstr(description));
    EXPECT_THAT(second.last_request("PRACK"), HasSubstr(description));
    EXPECT_TRUE(second.up());
    EXPECT_TRUE(run.hears(run.a, run.world.tone(second)));
    EXPECT_TRUE(run.hears(second, run.world.tone(run.a)));
}

TEST(EarlySession, ANewOfferInThePrackIsAnsweredInItsResponse) {
    Scenario run;
    set(run.a, {true, false});
    run.a.prack_offer = Sdp::with(Direction::sendonly);
    run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
    run.a.invite("b0");
    run.pass(500ms);
    EXPECT_EQ(run.a.final_of("PRACK"), 200);
    EXPECT_THAT(run.a.final_text("PRACK"), HasSubstr("a=recvonly"));
    EXPECT_FALSE(run.b.received("UPDATE") + run.b.received("INVITE") > 1);
    run.pass(2s);
    run.expect_up();
    EXPECT_FALSE(run.b.belief().speaks()) << "it was told when the call was up";
}

TEST(EarlySession, AnOfferInThePrackThatCannotBeTakenIsRefusedAndTheCallGoesOn) {
    Scenario run;
    set(run.a, {true, false});
    run.a.checks = run.world.inspector.checks = false;
    run.a.prack_offer = Sdp::text("v=0\r\nthis is no description\r\n");
    run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
    run.up();
    EXPECT_EQ(run.a.final_of("PRACK"), 400);
    EXPECT_TRUE(run.hears_other(run.a));
}

TEST(EarlySession, APrackOfNothingIsRefused) {
    Scenario run;
    run.a.checks = run.b.checks = run.world.inspector.checks = false;
    set(run.a, {true, false});
    run.b.on_invite = {reliable(100ms, 183), reply(1s, 200)};
    run.a.invite("b0");
    run.pass(500ms);
    run.a.request("PRACK", "RAck: 1 1 INVITE\r\n");
    run.pass(50ms);
    EXPECT_EQ(run.a.final_of("PRACK"), 481);
    run.a.request("PRACK", "RAck: one two three\r\n");
    run.pass(50ms);
    EXPECT_EQ(run.a.final_of("PRACK"), 400);
    run.a.request("PRACK");
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("PRACK"), 400);
    run.b.request("PRACK", "RAck: 1 1 INVITE\r\n");
    run.pass(50ms);
    EXPECT_EQ(run.b.final_of("PRACK"), 481) << "it was asked, it has nothing to acknowledge";
    run.expect_conversation();
}

TEST(EarlySession, OptionsTellOf100rel) {
    Scenario run;
    run.a.request("OPTIONS");
    run.pass(50ms);
    EXPECT_THAT(run.a.final_text("OPTIONS"), AllOf(HasSubstr("Supported: 100rel"), HasSubstr("PRACK")));
}

// ---- failover: A was told of one target's session, another one answers ----

World::Configure two_targets() {
    return [](config::Config& config) {
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:b0", "trunk:b1"}});
    };
}

TEST(EarlySession, AnotherTargetFitsWhatTheCallerWasToldReliably) {
    for (const Ability& ability : {Ability{false, false}, Ability{true, false}}) {
        Scenario run{two_targets()};
        Phone& next = run.world.add_callee(1);
        run.world.pair(run.a, next);
        run.world.checks_hearing = false;
        set(run.a, ability);
        run.b.use_only(Law::mu);
        next.use_only(Law::a);
        run.b.on_invite = {reliable(100ms, 183), reply(300ms, 503)};
        next.on_invite = {reliable(100ms, 183), reply(500ms, 200)};
        run.a.invite("b0");
        run.pass(3s);
        EXPECT_TRUE(run.a.up());
        EXPECT_TRUE(next.up());
        EXPECT_EQ(run.a.dialog_count(), 1);
        EXPECT_EQ(run.a.belief().remote->payloads.front().encoding, "pcmu/8000") << "as it was shown";
        EXPECT_TRUE(run.hears(run.a, run.world.tone(next)));
        EXPECT_TRUE(run.hears(next, run.world.tone(run.a)));
    }
}

TEST(EarlySession, AnotherTargetGetsAnOfferOfOursWhereTheCallerHasTheFirstOnes) {
    for (const Duration prack : {Duration{0ms}, Duration{1s}}) {  // A answers before or after the first one fails
        Scenario run{two_targets()};
        Phone& next = run.world.add_callee(1);
        run.world.pair(run.a, next);
        run.world.checks_hearing = false;
        set(run.a, {true, false});
        run.world.network.delay(Scenario::request_of(run.a, "PRACK"), prack);
        run.b.on_invite = {reliable(100ms, 183), reply(300ms, 503)};
        next.on_invite = {reply(100ms, 180), reply(300ms, 200)};
        run.a.invite("b0", Sdp::none());
        run.pass(4s);
        EXPECT_TRUE(run.a.up());
        EXPECT_TRUE(next.up());
        EXPECT_TRUE(next.last_offer());
        EXPECT_TRUE(run.hears(run.a, run.world.tone(next)));
        EXPECT_TRUE(run.hears(next, run.world.tone(run.a)));
    }
}

// ---- endings ----

TEST(EarlySession, ACancelWhileThe200WaitsEndsBothLegs) {
    Scenario run;
    set(run.a, {true, false});
    run.world.network.lose(Scenario::request_of(run.a, "PRACK"));
    run.b.on_invite = {reliable(100ms, 183), reply(300ms, 200)};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_TRUE(run.b.up());
    EXPECT_EQ(run.a.final_of("INVITE"), 0);
    run.a.cancel();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("CANCEL"), 200);
    EXPECT_EQ(run.a.final_of("INVITE"), 487);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.expect_over();
}

TEST(EarlySession, AByeOfEitherSideWhileThe200WaitsEndsBothLegs) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        set(run.a, {true, false});
        run.world.network.lose(Scenario::request_of(run.a, "PRACK"));
        run.b.on_invite = {reliable(100ms, 183), reply(300ms, 200)};
        run.a.invite("b0");
        run.pass(1s);
        (from_a ? run.a : run.b).bye();
        run.pass(1s);
        EXPECT_EQ((from_a ? run.a : run.b).final_of("BYE"), 200);
        EXPECT_EQ(run.a.final_of("INVITE"), 487);
        run.expect_over();
    }
}

TEST(EarlySession, AReinviteOfTheCalleeWhileThe200WaitsHasItsTurnAfterwards) {
    for (const bool cancelled : {false, true}) {
        Scenario run;
        set(run.a, {true, false});
        run.world.network.lose(Scenario::request_of(run.a, "PRACK"), 3);
        run.b.on_invite = {reliable(100ms, 183), reply(300ms, 200)};
        run.a.invite("b0");
        run.pass(600ms);
        run.b.reinvite(Sdp::with(Direction::sendonly));
        run.pass(50ms);
        if (cancelled) { run.b.cancel(); }
        run.pass(200ms);
        EXPECT_EQ(run.b.final_of("INVITE"), cancelled ? 487 : 0);
        EXPECT_EQ(run.a.received("INVITE"), 0U);
        run.pass(5s);
        run.expect_up();
        EXPECT_EQ(run.a.belief().speaks(), cancelled);
    }
}

TEST(EarlySession, AnEndInTheMiddleOfAnExchangeLeavesNothing) {
    for (const bool offered : {true, false}) {
        for (const char* const how : {"cancel", "bye", "hang up", "refused"}) {
            SCOPED_TRACE(how);
            Scenario run;
            set(run.a, {true, false});
            run.world.network.lose(Scenario::request_of(run.a, "PRACK"));
            run.b.on_invite = {reliable(100ms, 183)};
            if (how == std::string{"refused"}) { run.b.on_invite.push_back(reply(500ms, 486)); }
            run.a.invite("b0", offered ? Sdp{} : Sdp::none());
            run.pass(300ms);
            if (how == std::string{"cancel"}) { run.a.cancel(); }
            if (how == std::string{"bye"}) { run.a.bye(); }
            if (how == std::string{"hang up"}) { run.world.hang_up_all("done"); }
            run.pass(1s);
            EXPECT_GE(run.a.final_of("INVITE"), 480);
            run.expect_over();
            run.pass(35s);
            EXPECT_EQ(run.world.core().call_count(), 0U);
            EXPECT_EQ(run.world.core().gauges().timers, 0U);
        }
    }
}

TEST(EarlySession, APrackThatComesAfterTheRefusalIsStillAnswered) {
    Scenario run;
    set(run.a, {true, false});
    run.world.network.delay(Scenario::request_of(run.a, "PRACK"), 300ms);
    run.b.on_invite = {reliable(100ms, 183), reply(200ms, 486)};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 486);
    EXPECT_THAT(run.a.final_of("PRACK"), AnyOf(200, 481));
    run.expect_over();
}

TEST(EarlySession, WhoRefusesAnInviteWithoutAnOfferGetsOneOfOurs) {
    for (const int status : {415, 488}) {
        Scenario run;
        run.b.on_invite = refuses(status);
        run.a.invite("b0", Sdp::none());
        run.world.clock.after(20ms, [&run] { run.b.on_invite = rings_then_answers(); });
        run.pass(3s);
        run.expect_conversation();
    }
}

TEST(EarlySession, WhoRefusesAfterAnOfferOfItsOwnIsNotSentOneOfOurs) {
    for (const int status : {415, 488}) {
        Scenario run;
        set(run.a, {true, false});
        set(run.b, {true, false});
        run.b.on_invite = {reliable(100ms, 183), reply(700ms, status)};
        run.a.invite("b0", Sdp::none());
        run.pass(3s);
        EXPECT_EQ(run.b.received("INVITE"), 1U);
        EXPECT_EQ(run.a.final_of("INVITE"), status);
        run.expect_over();
    }
}

}  // namespace
}  // namespace simulation
