#include "server/b2bua/negotiation.hpp"

#include <gtest/gtest.h>

#include "tests/support/negotiation_run.hpp"

namespace server {
namespace {

using namespace std::chrono_literals;
using test_support::NegotiationRun;
using Ack = Negotiation::Ack;
using Admission = Negotiation::Admission;
using Carrier = Negotiation::Carrier;
using Final = Negotiation::Final;
using Request = Negotiation::Request;
using State = Negotiation::State;

constexpr auto a = media::Side::a;
constexpr auto b = media::Side::b;

NegotiationRules passing_on() {
    NegotiationRules rules;
    rules.heal = false;
    return rules;
}

NegotiationRules local() {
    NegotiationRules rules;
    rules.relay_offerless = false;
    return rules;
}

TEST(Negotiation, AnswersARefreshWithoutAskingTheFarLeg) {
    NegotiationRun run;
    EXPECT_EQ(run.request(a, Request::here), "answer_near a");
    EXPECT_TRUE(run.machine.awaits_ack(a));
    EXPECT_EQ(run.ack(a), "");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, RelaysAChangeAndCommitsBothLegsTogether) {
    NegotiationRun run;
    EXPECT_EQ(run.request(b, Request::change), "relay_offer a");
    EXPECT_EQ(run.far(a, Final::usable), "commit_answer a");
    run.ack(b);
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, HealsWhatTheFarLegRefuses) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, answer_near a");
    EXPECT_EQ(run.machine.cause(), Negotiation::Cause::refused);
    run.ack(a);
    EXPECT_TRUE(run.machine.is_quiet());
    EXPECT_EQ(run.request(a, Request::change), "relay_offer b") << "the next offer works";
}

TEST(Negotiation, PassesARefusalOnWhereThatIsWanted) {
    NegotiationRun run{passing_on()};
    run.request(a, Request::change);
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, refuse_near a");
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::relayed);
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, EndsTheCallWhenTheFarDialogIsGoneButAnswersNearFirst) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.far(b, Final::gone), "refuse_near a, end_call b");
}

TEST(Negotiation, LeadsTheFarLegBackWhenItsAnswerCannotBeUsed) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b, refuse_near a, tell b");
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, CancelsTheFarLegAfterTheTimeLimitAndHeals) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.wait(5999ms), "");
    EXPECT_EQ(run.wait(1ms), "cancel_far b");
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, answer_near a");
    EXPECT_EQ(run.machine.cause(), Negotiation::Cause::timed_out);
}

TEST(Negotiation, RefusesNearAfterTheTimeLimitWhereRefusalsArePassedOn) {
    NegotiationRun run{passing_on()};
    run.request(a, Request::change);
    run.wait(6s);
    EXPECT_EQ(run.wait(1s), "refuse_near a");
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::timed_out);
}

TEST(Negotiation, CommitsA200ThatCrossesTheCancel) {
    NegotiationRun run;
    run.request(a, Request::change);
    run.wait(6s);
    EXPECT_EQ(run.far(b, Final::usable), "commit_answer b");
}

TEST(Negotiation, HealsWhenTheCancelledFarLegStaysSilentAndTellsItWhatHoldsIfItTakesTheOfferLate) {
    NegotiationRun run;
    run.request(a, Request::change);
    run.wait(6s);
    EXPECT_EQ(run.wait(1s), "answer_near a");
    run.ack(a);
    EXPECT_EQ(run.machine.admit(b), Admission::glare) << "the far INVITE is still open";
    EXPECT_EQ(run.request(a, Request::change), "answer_near a") << "and near is not made to wait for it";
    run.ack(a);
    run.differs[1] = true;
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b, tell b");
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, NearsCancelStopsTheChange) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.cancel(a), "cancel_far b");
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, refuse_near a");
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::cancelled);
}

TEST(Negotiation, NearsCancelIsAnsweredThoughFarIsSilent) {
    NegotiationRun run;
    run.request(a, Request::change);
    run.cancel(a);
    EXPECT_EQ(run.wait(1s), "refuse_near a");
    EXPECT_TRUE(run.machine.is_dangling(b));
}

TEST(Negotiation, ACancelThatComesAfterTheAnswerHasNoEffect) {
    NegotiationRun run;
    run.request(a, Request::change);
    run.far(b, Final::usable);
    EXPECT_EQ(run.cancel(a), "");
}

TEST(Negotiation, TriesAGlareAgainUntilItSucceeds) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.far(b, Final::later, 2100ms), "withdraw b");
    EXPECT_EQ(run.machine.state(), State::backing_off);
    EXPECT_EQ(run.wait(2099ms), "");
    EXPECT_EQ(run.wait(1ms), "relay_offer b");
    EXPECT_EQ(run.far(b, Final::usable), "commit_answer b");
}

TEST(Negotiation, HealsAGlareThatDoesNotEnd) {
    NegotiationRun run;
    run.request(a, Request::change);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(run.far(b, Final::later, 100ms), "withdraw b");
        EXPECT_EQ(run.wait(100ms), "relay_offer b");
    }
    EXPECT_EQ(run.far(b, Final::later, 100ms), "withdraw b, answer_near a");
    EXPECT_EQ(run.machine.cause(), Negotiation::Cause::glare);
}

TEST(Negotiation, AnswersNearInTimeThoughTheGlareLastsAndGoesOnTelling) {
    NegotiationRun run;
    run.request(a, Request::change);
    run.far(b, Final::later, 4s);
    run.wait(4s);
    EXPECT_EQ(run.far(b, Final::later, 3s), "withdraw b, answer_near a");
    run.ack(a);
    EXPECT_EQ(run.wait(3s), "tell b");
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, PassesAGlareOnWhereRefusalsArePassedOn) {
    NegotiationRun run{passing_on()};
    run.request(a, Request::change);
    EXPECT_EQ(run.far(b, Final::later, 2100ms), "withdraw b, refuse_near a");
}

TEST(Negotiation, WhileOursBacksOffThePeersOwnIsAnsweredHere) {
    NegotiationRun run;
    run.request(a, Request::change);
    run.far(b, Final::later, 2100ms);
    ASSERT_EQ(run.machine.admit(b), Admission::take);
    EXPECT_EQ(run.request(b, Request::change), "answer_near b");
    EXPECT_EQ(run.wait(2100ms), "") << "its INVITE is not acknowledged yet (RFC 3261 section 14.1)";
    EXPECT_EQ(run.ack(b), "relay_offer b");
    EXPECT_EQ(run.far(b, Final::usable), "commit_answer b");
}

TEST(Negotiation, AnOfferOnALegThatWeAskIsGlareAndASecondOneOfItsOwnAnOverlap) {
    NegotiationRun run;
    run.request(a, Request::change);
    EXPECT_EQ(run.machine.admit(b), Admission::glare);
    EXPECT_EQ(run.machine.admit(a), Admission::overlap);
}

TEST(Negotiation, AChangeWaitsUntilTheFarLegHasAcknowledged) {
    NegotiationRun run;
    run.request(a, Request::here);
    EXPECT_EQ(run.request(b, Request::change), "");
    EXPECT_EQ(run.ack(a), "relay_offer a");
}

TEST(Negotiation, AChangeThatWaitsTooLongIsAnsweredHere) {
    NegotiationRun run;
    run.request(a, Request::here);
    run.request(b, Request::change);
    run.differs[0] = true;
    EXPECT_EQ(run.wait(6s), "answer_near b");
    run.ack(b);
    EXPECT_EQ(run.ack(a), "tell a") << "as soon as it can be told";
}

TEST(Negotiation, AChangeThatWaitsCanBeCancelled) {
    NegotiationRun run;
    run.request(a, Request::here);
    run.request(b, Request::change);
    EXPECT_EQ(run.cancel(b), "refuse_near b");
    EXPECT_EQ(run.ack(a), "");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, TwoThatWaitForEachOtherAreBothServed) {
    NegotiationRun run;
    run.request(a, Request::here);
    run.request(b, Request::change);
    EXPECT_EQ(run.request(a, Request::change), "answer_near a") << "its next INVITE stands for the lost ACK";
    EXPECT_EQ(run.ack(a), "relay_offer a");
}

TEST(Negotiation, AnUpdateIsAnsweredAtOnce) {
    NegotiationRun run;
    EXPECT_EQ(run.request(a, Request::change, Carrier::update), "relay_offer b");
    run.machine.sent_in(Carrier::update);
    EXPECT_EQ(run.wait(100ms), "answer_near a");
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, AnUpdateOfTheFarLegInTimeIsCommittedTogether) {
    NegotiationRun run;
    run.request(a, Request::change, Carrier::update);
    run.machine.sent_in(Carrier::update);
    EXPECT_EQ(run.far(b, Final::usable), "commit_answer b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, AnUpdateThatIsNeverAnsweredIsNotCancelled) {
    NegotiationRun run;
    run.request(a, Request::change, Carrier::update);
    run.machine.sent_in(Carrier::update);
    run.wait(100ms);
    EXPECT_EQ(run.wait(6s), "");
    EXPECT_TRUE(run.machine.is_dangling(b));
    EXPECT_EQ(run.far(b, Final::gone), "end_call b");
}

TEST(Negotiation, AnUpdateInTheEarlyDialogIsAnsweredHereAndTheFarLegToldLater) {
    NegotiationRun run;
    EXPECT_EQ(run.request(a, Request::later, Carrier::update), "answer_near a");
    EXPECT_FALSE(run.machine.is_owed(b)) << "nothing differs";
    run.differs[1] = true;
    EXPECT_EQ(run.request(a, Request::later, Carrier::update), "answer_near a, tell b");
}

TEST(Negotiation, AnUpdateIsNoAckOfOur2xx) {
    NegotiationRun run;
    run.machine.on_set_up(a, false);
    run.request(a, Request::here, Carrier::update);
    EXPECT_TRUE(run.machine.awaits_ack(a));
    EXPECT_EQ(run.request(b, Request::change), "") << "it waits until the leg is free";
    EXPECT_EQ(run.ack(a), "relay_offer a");
}

TEST(Negotiation, RelaysAnOfferlessReinviteAndLetsTheAnswerOfTheAckDecide) {
    NegotiationRun run;
    EXPECT_EQ(run.request(a, Request::offerless), "relay_offerless b");
    EXPECT_EQ(run.far(b, Final::usable), "pass_offer b");
    EXPECT_EQ(run.machine.admit(b), Admission::glare);
    EXPECT_EQ(run.machine.admit(a), Admission::glare);
    EXPECT_EQ(run.ack(a), "acknowledge_far b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, MakesTheOfferItselfWhenTheFarLegRefusesAnOfferlessReinvite) {
    for (auto rules : {NegotiationRules{}, passing_on()}) {
        NegotiationRun run{rules};
        run.request(a, Request::offerless);
        EXPECT_EQ(run.far(b, Final::refused), "withdraw b, offer_near a");
        run.differs[1] = true;
        EXPECT_EQ(run.ack(a), "commit_near a, tell b");
    }
}

TEST(Negotiation, MakesTheOfferItselfWhenTheFarLegOffersRubbish) {
    NegotiationRun run;
    run.request(a, Request::offerless);
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b, offer_near a");
}

TEST(Negotiation, MakesTheOfferItselfWhenTheFarLegStaysSilent) {
    NegotiationRun run;
    run.request(a, Request::offerless);
    EXPECT_EQ(run.wait(6s), "cancel_far b");
    EXPECT_EQ(run.wait(1s), "offer_near a");
    run.differs[1] = true;
    EXPECT_EQ(run.ack(a), "commit_near a") << "far cannot be asked yet";
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, tell b") << "now it can";
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
}

TEST(Negotiation, LocalModeNeverAsksTheFarLegForAnOffer) {
    NegotiationRun run{local()};
    EXPECT_EQ(run.request(a, Request::offerless), "offer_near a");
    EXPECT_EQ(run.request(b, Request::change), "answer_near b") << "which cannot wait for a's answer";
    run.ack(b);
    EXPECT_EQ(run.ack(a), "commit_near a");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, AnAckWithoutTheAnswerAcknowledgesTheFarLegAndEndsTheCall) {
    NegotiationRun run;
    run.request(a, Request::offerless);
    run.far(b, Final::usable);
    EXPECT_EQ(run.ack(a, Ack::without_answer), "acknowledge_stale b, withdraw a, end_call b");
}

TEST(Negotiation, AnAckWithoutTheAnswerIsNoChangeWhereThatIsTolerated) {
    NegotiationRun run;
    run.request(a, Request::offerless);
    run.far(b, Final::usable);
    EXPECT_EQ(run.ack(a, Ack::tolerated), "acknowledge_stale b, withdraw a");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, NoAckAtAllEndsTheCall) {
    NegotiationRun run;
    run.request(a, Request::offerless);
    run.far(b, Final::usable);
    EXPECT_EQ(run.no_ack(a), "acknowledge_stale b, withdraw a, end_call b");
}

TEST(Negotiation, WhatALegRefusesToBeToldIsNotSaidAgain) {
    NegotiationRun run{local()};
    run.differs[1] = true;
    run.request(a, Request::offerless);
    EXPECT_EQ(run.ack(a), "commit_near a, tell b");
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, ALegThatIsSilentWhenItIsToldIsToldOnceMore) {
    NegotiationRun run{local()};
    run.differs[1] = true;
    run.request(a, Request::offerless);
    run.ack(a);
    EXPECT_EQ(run.wait(6s), "cancel_far b");
    EXPECT_EQ(run.wait(1s), "");
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, tell b");
    run.wait(6s);
    run.wait(1s);
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b") << "not for ever";
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, ARefreshOfOurOwnWaitsForItsTurnAndAPeersChangeForTheRefresh) {
    NegotiationRun run;
    run.request(a, Request::here);
    EXPECT_EQ(run.refresh(a), "");
    EXPECT_EQ(run.ack(a), "refresh a");
    EXPECT_EQ(run.request(b, Request::change), "");
    EXPECT_EQ(run.far(a, Final::usable), "commit_own a, relay_offer a");
}

TEST(Negotiation, AMusicServerAnswersTheOfferOfALegThatIsAskedForOne) {
    NegotiationRun run;
    EXPECT_EQ(run.source(b), "fetch_offer b");
    EXPECT_EQ(run.far(b, Final::usable), "ask_source b");
    EXPECT_EQ(run.request(a, Request::change), "") << "the music server decides first";
    EXPECT_EQ(run.source_answers(), "acknowledge_source b, relay_offer b");
    EXPECT_EQ(run.source_answers(), "") << "once";
}

TEST(Negotiation, AMusicServerThatIsSlowDoesNotKeepTheLegWaiting) {
    NegotiationRun run;
    run.source(b);
    run.far(b, Final::usable);
    EXPECT_EQ(run.wait(2s), "acknowledge_source b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, ALegThatIsAskedForAnOfferIsStillLedBackWhenItRefuses) {
    NegotiationRun run;
    run.request(a, Request::change, Carrier::update);
    run.source(b);
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b, refuse_near a, fetch_offer b");
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, tell b");
}

TEST(Negotiation, ACallThatEndsWhileAMusicServerDecidesOwesNoAck) {
    NegotiationRun run;
    run.request(a, Request::here);
    run.source(b);
    run.far(b, Final::usable);
    EXPECT_EQ(run.no_ack(a), "acknowledge_stale b, end_call b");
}

TEST(Negotiation, ALegThatRefusesToOfferIsToldOtherwise) {
    NegotiationRun run;
    run.differs[1] = true;
    run.source(b);
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b, tell b");
}

TEST(Negotiation, AnOwnOfferThatBacksOffGivesWayToAPeers) {
    NegotiationRun run;
    run.refresh(b);
    run.far(b, Final::later, 2100ms);
    EXPECT_EQ(run.request(a, Request::change), "");
    EXPECT_EQ(run.wait(2100ms), "relay_offer b") << "not before its time";
    EXPECT_EQ(run.far(b, Final::usable), "commit_answer b");
}

TEST(Negotiation, WhatChangedWhileALegWasBeingAskedIsToldOnceItHasAnswered) {
    NegotiationRun run;
    run.refresh(b);
    run.differs[1] = true;
    EXPECT_EQ(run.request(a, Request::change, Carrier::update), "answer_near a");
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b, tell b") << "its answer was to an older offer";
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
    EXPECT_FALSE(run.machine.is_owed(a));
}

TEST(Negotiation, WhetherALegMustBeToldIsKnownWhenItsOwnOfferIsAnswered) {
    NegotiationRun run{local()};
    run.request(b, Request::offerless);
    EXPECT_EQ(run.request(a, Request::change, Carrier::update), "answer_near a") << "b knows that, as yet";
    run.differs[1] = true;
    EXPECT_EQ(run.ack(b), "commit_near b, tell b") << "it has agreed on what our 200 said before";
}

TEST(Negotiation, AChangeThatWaitsHasItsWholeTimeThoughOneWaitedBefore) {
    NegotiationRun run;
    run.request(a, Request::here);
    run.request(b, Request::change);
    run.cancel(b);
    EXPECT_EQ(run.machine.next_timeout(), base::never);
    run.wait(5s);
    EXPECT_EQ(run.request(b, Request::change), "");
    EXPECT_EQ(run.wait(5999ms), "");
    EXPECT_EQ(run.wait(1ms), "answer_near b");
}

TEST(Negotiation, AChangeThatHasWaitedLeavesFarTheRestOfItsTimeButASecondAtLeast) {
    NegotiationRun run;
    run.request(a, Request::here);
    run.request(b, Request::change);
    run.wait(2s);
    EXPECT_EQ(run.ack(a), "relay_offer a");
    EXPECT_EQ(run.wait(3999ms), "");
    EXPECT_EQ(run.wait(1ms), "cancel_far a");
    NegotiationRun late;
    late.request(a, Request::here);
    late.request(b, Request::change);
    late.wait(5900ms);
    EXPECT_EQ(late.ack(a), "relay_offer a");
    EXPECT_EQ(late.wait(999ms), "");
    EXPECT_EQ(late.wait(1ms), "cancel_far a");
}

TEST(Negotiation, AnUpdateThatFarDoesNotKnowGoesInAnInviteAtOnceAndIsNoRetry) {
    NegotiationRun run;
    run.request(a, Request::change, Carrier::update);
    run.machine.sent_in(Carrier::update);
    EXPECT_EQ(run.far(b, Final::in_invite), "withdraw b, relay_offer b");
    EXPECT_EQ(run.machine.carrier(), Carrier::invite);
    EXPECT_EQ(run.machine.retries(), 0U);
    EXPECT_EQ(run.wait(100ms), "answer_near a");
    EXPECT_EQ(run.far(b, Final::usable), "commit_own b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, AnOwnOfferThatIsTriedAgainHasATimeLimitToo) {
    NegotiationRun run;
    run.refresh(b);
    run.far(b, Final::later, 4s);
    run.wait(4s);
    run.far(b, Final::later, 4s);
    EXPECT_EQ(run.wait(4s), "refresh b") << "later than the first limit";
    EXPECT_EQ(run.wait(6s), "cancel_far b");
    run.wait(1s);
    EXPECT_TRUE(run.machine.is_dangling(b));
}

TEST(Negotiation, ALegThatAnswersLateAndUnusablyIsLedBackOnce) {
    NegotiationRun run;
    run.refresh(b);
    run.wait(6s);
    run.wait(1s);
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b, tell b");
    run.wait(6s);
    run.wait(1s);
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, LeadsTheFarLegBackThoughNearWasAnsweredBefore) {
    NegotiationRun run;
    run.request(a, Request::change, Carrier::update);
    run.wait(100ms);
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b, tell b");
    EXPECT_EQ(run.far(b, Final::unusable), "acknowledge_stale b") << "not for ever";
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(Negotiation, ALegThatWasSilentBeforeIsToldOnceMoreOfEachChange) {
    NegotiationRun run;
    run.differs[1] = true;
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(run.request(a, Request::change), "relay_offer b");
        run.wait(6s);
        EXPECT_EQ(run.wait(1s), "answer_near a");
        EXPECT_EQ(run.far(b, Final::refused), "withdraw b, tell b");
        EXPECT_EQ(run.far(b, Final::refused), "withdraw b");
        run.ack(a);
        EXPECT_TRUE(run.machine.is_quiet());
    }
}

// Leg a's peer is a browser.
struct BrowserRun : NegotiationRun {
    BrowserRun() {
        NegotiationRules browser;
        browser.is_browser = true;
        machine.set_rules(a, browser);
    }
};

TEST(NegotiationWithABrowser, ItsChangeIsAnsweredHereAndTheFarLegIsTold) {
    BrowserRun run;
    run.differs = {false, true};
    EXPECT_EQ(run.request(a, Request::change), "answer_near a, tell b");
    EXPECT_EQ(run.machine.cause(), Negotiation::Cause::by_itself);
    run.differs = {};
    EXPECT_EQ(run.far(b, Final::refused), "withdraw b") << "the browser has its answer already";
    run.ack(a);
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(NegotiationWithABrowser, ItsRequestWithoutAnOfferIsAnsweredHere) {
    BrowserRun run;
    EXPECT_EQ(run.request(a, Request::offerless), "offer_near a");
    run.differs = {false, true};
    EXPECT_EQ(run.ack(a), "commit_near a, tell b");
}

TEST(NegotiationWithABrowser, OursThatIsOpenGivesWayToIts) {
    BrowserRun run;
    run.request(b, Request::change);
    EXPECT_TRUE(run.machine.is_to_give_way(a));
    EXPECT_FALSE(run.machine.is_to_give_way(b));
    run.differs = {true, false};
    EXPECT_EQ(run.give_way(a), "withdraw a, answer_near b") << "who asked for ours does not wait";
    EXPECT_EQ(run.machine.admit(a), Admission::take);
    EXPECT_EQ(run.request(a, Request::here), "answer_near a");
    run.ack(a);
    run.ack(b);
    EXPECT_EQ(run.far(a, Final::later), "withdraw a, tell a") << "and later it is told";
    run.differs = {};
    EXPECT_EQ(run.far(a, Final::usable), "commit_own a");
    EXPECT_TRUE(run.machine.is_quiet());
}

TEST(NegotiationWithABrowser, OursThatWasTakenAllTheSameIsLedBack) {
    BrowserRun run;
    run.request(b, Request::change);
    run.give_way(a);
    run.request(a, Request::here);
    run.ack(a);
    run.ack(b);
    EXPECT_EQ(run.far(a, Final::unusable), "acknowledge_stale a, tell a");
}

TEST(NegotiationWithABrowser, AnOfferOfOurOwnThatGaveWayIsMadeAgain) {
    BrowserRun run;
    run.differs = {true, false};
    run.machine.owe(a);
    Negotiation::Actions actions;
    run.machine.settle(run.now, run.differs, actions);
    ASSERT_EQ(actions.size(), 1U);
    EXPECT_EQ(run.give_way(a), "withdraw a");
    run.request(a, Request::here);
    run.ack(a);
    EXPECT_EQ(run.far(a, Final::refused), "withdraw a, tell a");
}

TEST(NegotiationWithABrowser, OneThatWasCancelledByWhoAskedForItGivesWayToo) {
    BrowserRun run;
    run.request(b, Request::change);
    run.cancel(b);
    EXPECT_EQ(run.give_way(a), "withdraw a, refuse_near b");
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::cancelled);
    EXPECT_EQ(run.give_way(a), "withdraw a") << "once more: nothing else can give way";
}

TEST(NegotiationWithABrowser, ItsOfferIsAnsweredAtOnceAndItHasQuietAfterThat) {
    BrowserRun run;
    EXPECT_EQ(run.request(b, Request::offerless), "relay_offerless a");
    EXPECT_EQ(run.far(a, Final::usable), "acknowledge_here a, offer_near b");
    run.differs = {true, false};
    EXPECT_EQ(run.ack(b), "commit_near b") << "the browser is left alone";
    EXPECT_EQ(run.wait(499ms), "");
    EXPECT_EQ(run.wait(1ms), "tell a");
}

TEST(NegotiationWithABrowser, ItIsLeftAloneAfterItsAckWithAnAnswer) {
    BrowserRun run;
    run.request(a, Request::offerless);
    run.ack(a);
    EXPECT_EQ(run.request(b, Request::change), "") << "waits for its turn";
    EXPECT_EQ(run.wait(500ms), "relay_offer a");
}

TEST(NegotiationWithABrowser, NobodyElseIsLeftAlone) {
    NegotiationRun run;
    run.request(a, Request::offerless_here);
    run.ack(a);
    EXPECT_EQ(run.request(b, Request::change), "relay_offer a");
}

}  // namespace
}  // namespace server
