#include "server/b2bua/negotiation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Action = Negotiation::Action;
using Ack = Negotiation::Ack;
using Final = Negotiation::Final;
using Request = Negotiation::Request;
using State = Negotiation::State;

// One machine on simulated time; each step returns the actions it asked for.
struct Machine {
    base::Instant now{};
    Negotiation machine;

    explicit Machine(bool relay_offerless = true) : machine{NegotiationRules{relay_offerless, 6s, 1s}} {}

    using Result = std::vector<Action>;
    template <class Step>
    Result step(Step step) {
        Negotiation::Actions out;
        step(out);
        return Result{out.begin(), out.end()};
    }
    Result request(Request request) {
        return step([&](auto& out) { machine.on_request(now, media::Side::a, request, out); });
    }
    Result far(Final final) {
        return step([&](auto& out) { machine.on_far_final(now, final, out); });
    }
    Result ack(Ack ack = Ack::without_answer, bool far_differs = false) {
        return step([&](auto& out) { machine.on_ack(now, ack, far_differs, out); });
    }
    Result cancel() {
        return step([&](auto& out) { machine.on_cancel(out); });
    }
    Result no_ack() {
        return step([&](auto& out) { machine.on_no_ack(out); });
    }
    Result wait(base::Duration time) {
        now += time;
        return step([&](auto& out) { machine.on_timeout(now, out); });
    }
    State state() const { return machine.state(); }
};

TEST(Negotiation, AnswersARefreshWithoutAskingTheFarLeg) {
    Machine run;
    EXPECT_THAT(run.request(Request::here), ElementsAre(Action::answer_near));
    EXPECT_FALSE(run.machine.accepts_request());
    EXPECT_THAT(run.ack(), IsEmpty());
    EXPECT_TRUE(run.machine.accepts_request());
}

TEST(Negotiation, RelaysAChangeAndCommitsBothLegsTogether) {
    Machine run;
    EXPECT_THAT(run.request(Request::change), ElementsAre(Action::relay_offer));
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::commit_answer));
    EXPECT_EQ(run.state(), State::awaiting_ack);
    run.ack();
    EXPECT_TRUE(run.machine.idle());
}

TEST(Negotiation, PassesARefusalOnAndRestoresBothLegs) {
    Machine run;
    run.request(Request::change);
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::refuse_near, Action::restore));
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::relayed);
    EXPECT_TRUE(run.machine.accepts_request()) << "the next offer works";
}

TEST(Negotiation, EndsTheCallWhenTheFarDialogIsGoneButAnswersNearFirst) {
    Machine run;
    run.request(Request::change);
    EXPECT_THAT(run.far(Final::gone), ElementsAre(Action::refuse_near, Action::end_call));
}

TEST(Negotiation, LeadsTheFarLegBackWhenItsAnswerCannotBeUsed) {
    Machine run;
    run.request(Request::change);
    EXPECT_THAT(run.far(Final::unusable),
                ElementsAre(Action::acknowledge_stale, Action::refuse_near, Action::restore, Action::sync_far));
    EXPECT_EQ(run.state(), State::syncing);
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::commit_sync));
    EXPECT_TRUE(run.machine.idle());
}

TEST(Negotiation, CancelsTheFarLegAfterTheTimeLimitAndRefusesNearWhenItSays487) {
    Machine run;
    run.request(Request::change);
    EXPECT_THAT(run.wait(5999ms), IsEmpty());
    EXPECT_THAT(run.wait(1ms), ElementsAre(Action::cancel_far));
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::refuse_near, Action::restore));
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::timed_out);
}

TEST(Negotiation, CommitsA200ThatCrossesTheCancel) {
    Machine run;
    run.request(Request::change);
    run.wait(6s);
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::commit_answer));
}

TEST(Negotiation, AnswersNearWhenTheCancelledFarLegStaysSilentAndLeadsItBackIfItTakesTheOfferLate) {
    Machine run;
    run.request(Request::change);
    run.wait(6s);
    EXPECT_THAT(run.wait(1s), ElementsAre(Action::refuse_near, Action::restore));
    EXPECT_FALSE(run.machine.accepts_request()) << "the far INVITE is still open";
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::commit_late, Action::sync_far));
    run.far(Final::usable);
    EXPECT_TRUE(run.machine.accepts_request());
}

TEST(Negotiation, NearsCancelWaitsForTheFarFinal) {
    Machine run;
    run.request(Request::change);
    EXPECT_THAT(run.cancel(), ElementsAre(Action::cancel_far));
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::refuse_near, Action::restore));
    EXPECT_EQ(run.machine.refusal(), Negotiation::Refusal::cancelled);
}

TEST(Negotiation, ACancelThatComesAfterTheAnswerHasNoEffect) {
    Machine run;
    run.request(Request::change);
    run.far(Final::usable);
    EXPECT_THAT(run.cancel(), IsEmpty());
}

TEST(Negotiation, RelaysAnOfferlessReinviteAndLetsTheAnswerOfTheAckDecide) {
    Machine run;
    EXPECT_THAT(run.request(Request::offerless), ElementsAre(Action::relay_offerless));
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::pass_offer));
    EXPECT_THAT(run.ack(Ack::with_answer), ElementsAre(Action::acknowledge_far));
    EXPECT_TRUE(run.machine.accepts_request());
}

TEST(Negotiation, MakesTheOfferItselfWhenTheFarLegRefusesAnOfferlessReinvite) {
    Machine run;
    run.request(Request::offerless);
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::offer_near));
    EXPECT_THAT(run.ack(Ack::with_answer, true), ElementsAre(Action::commit_near, Action::sync_far));
}

TEST(Negotiation, MakesTheOfferItselfWhenTheFarLegStaysSilent) {
    Machine run;
    run.request(Request::offerless);
    EXPECT_THAT(run.wait(6s), ElementsAre(Action::cancel_far));
    EXPECT_THAT(run.wait(1s), ElementsAre(Action::offer_near));
    EXPECT_THAT(run.ack(Ack::with_answer, true), ElementsAre(Action::commit_near)) << "far cannot be asked yet";
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::withdraw_far, Action::sync_far)) << "now it can";
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::commit_sync));
    EXPECT_TRUE(run.machine.accepts_request());
}

TEST(Negotiation, LocalModeNeverAsksTheFarLegForAnOffer) {
    Machine run{false};
    EXPECT_THAT(run.request(Request::offerless), ElementsAre(Action::offer_near));
    EXPECT_THAT(run.ack(Ack::with_answer, false), ElementsAre(Action::commit_near));
    EXPECT_TRUE(run.machine.idle());
}

TEST(Negotiation, AnAckWithoutTheAnswerAcknowledgesTheFarLegRestoresAndEndsTheCall) {
    Machine run;
    run.request(Request::offerless);
    run.far(Final::usable);
    EXPECT_THAT(run.ack(Ack::without_answer),
                ElementsAre(Action::acknowledge_stale, Action::restore, Action::end_call));
}

TEST(Negotiation, NoAckAtAllIsTheSame) {
    Machine run;
    run.request(Request::offerless);
    run.far(Final::usable);
    EXPECT_THAT(run.no_ack(), ElementsAre(Action::acknowledge_stale, Action::restore, Action::end_call));
}

TEST(Negotiation, ASyncThatTheFarLegRefusesChangesNothing) {
    Machine run{false};
    run.request(Request::offerless);
    run.ack(Ack::with_answer, true);
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::restore));
    EXPECT_TRUE(run.machine.accepts_request());
}

TEST(Negotiation, ASyncWithoutAFinalIsCancelledAndThenLeftBehind) {
    Machine run{false};
    run.request(Request::offerless);
    run.ack(Ack::with_answer, true);
    EXPECT_THAT(run.wait(6s), ElementsAre(Action::cancel_far));
    EXPECT_THAT(run.wait(1s), ElementsAre(Action::restore));
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::withdraw_far, Action::sync_far));
    EXPECT_THAT(run.wait(6s), ElementsAre(Action::cancel_far));
    EXPECT_THAT(run.wait(1s), ElementsAre(Action::restore));
    EXPECT_THAT(run.far(Final::refused), ElementsAre(Action::withdraw_far)) << "not for ever";
    EXPECT_TRUE(run.machine.accepts_request());
}

TEST(Negotiation, ASyncThatFarTakesLateIsCommitted) {
    Machine run;
    run.request(Request::offerless);
    run.wait(6s);
    run.wait(1s);
    run.ack(Ack::with_answer, true);
    run.far(Final::refused);
    run.wait(6s);
    run.wait(1s);
    EXPECT_THAT(run.far(Final::usable), ElementsAre(Action::commit_late)) << "it is what far was to be told";
    EXPECT_TRUE(run.machine.accepts_request());
}

}  // namespace
}  // namespace server
