#include "server/b2bua/negotiation.hpp"

#include <cassert>
#include <utility>

namespace server {

void Negotiation::on_request(base::Instant now, media::Side near, Request request, Actions& out) {
    assert(accepts_request());
    near_ = near;
    offerless_ = request == Request::offerless || request == Request::offerless_here;
    refusal_ = Refusal::relayed;
    if (request == Request::here) {
        enter(State::awaiting_ack);
        out.push_back(Action::answer_near);
        return;
    }
    if (request == Request::offerless_here || (offerless_ && !rules_.relay_offerless)) {
        enter(State::awaiting_answer_local);
        out.push_back(Action::offer_near);
        return;
    }
    enter(State::asking_far);
    timers_.arm(Timer::far_final, now + rules_.timeout);
    out.push_back(offerless_ ? Action::relay_offerless : Action::relay_offer);
}

void Negotiation::on_far_final(base::Instant now, Final final, Actions& out) {
    if (dangling_) { return on_dangling_final(now, final, out); }
    switch (state_) {
        case State::asking_far:
        case State::cancelling_far:
            return on_asked_final(now, final, out);
        case State::syncing:
            return on_sync_final(final, out);
        case State::idle:
        case State::awaiting_answer_relayed:
        case State::awaiting_answer_local:
        case State::awaiting_ack:
            return;  // a repetition of what was taken before
    }
}

void Negotiation::on_asked_final(base::Instant now, Final final, Actions& out) {
    if (final == Final::gone) {
        out.push_back(Action::refuse_near);
        return fail(out);
    }
    if (final == Final::refused) { return settle_near(out); }
    if (final == Final::usable) {
        // Also when it crossed our CANCEL: far has the new session, so near gets it too.
        enter(offerless_ ? State::awaiting_answer_relayed : State::awaiting_ack);
        out.push_back(offerless_ ? Action::pass_offer : Action::commit_answer);
        return;
    }
    out.push_back(Action::acknowledge_stale);
    if (offerless_) {
        enter(State::awaiting_answer_local);
        out.push_back(Action::offer_near);
        return;
    }
    refusal_ = Refusal::bad_answer;
    out.push_back(Action::refuse_near);
    out.push_back(Action::restore);
    sync(now, out);  // far believes in the session whose answer we could not read: lead it back
}

void Negotiation::on_sync_final(Final final, Actions& out) {
    if (final == Final::gone) { return fail(out); }
    enter(State::idle);
    if (final == Final::usable) {
        out.push_back(Action::commit_sync);
    } else {
        if (final == Final::unusable) { out.push_back(Action::acknowledge_stale); }
        out.push_back(Action::restore);
    }
}

// Near has long been answered. If far took the offer all the same, that is its session now: it is led back by an offer
// of our own, which it may refuse.
void Negotiation::on_dangling_final(base::Instant now, Final final, Actions& out) {
    dangling_ = false;
    if (final == Final::gone) { return fail(out); }
    const bool took_offer = final == Final::usable && !dangling_offerless_;
    out.push_back(final == Final::refused ? Action::withdraw_far
                  : took_offer            ? Action::commit_late
                                          : Action::acknowledge_stale);
    const bool told = dangling_sync_ && final == Final::usable;
    const bool led_astray = !dangling_sync_ && final != Final::refused;
    if (idle() && !told && (led_astray || sync_owed_)) { sync(now, out); }
}

void Negotiation::on_ack(base::Instant now, Ack ack, bool far_differs, Actions& out) {
    const bool answered = ack == Ack::with_answer;
    switch (state_) {
        case State::awaiting_ack:
            enter(State::idle);
            return;
        case State::awaiting_answer_relayed:
            if (!answered) { return on_no_ack(out); }
            out.push_back(Action::acknowledge_far);
            break;
        case State::awaiting_answer_local:
            if (!answered) { return on_no_ack(out); }
            out.push_back(Action::commit_near);
            break;
        case State::idle:
        case State::asking_far:
        case State::cancelling_far:
        case State::syncing:
            return;
    }
    enter(State::idle);
    if (!far_differs) { return; }
    sync_owed_ = dangling_;
    if (!dangling_) { sync(now, out); }
}

// No ACK within 64·T1, or one whose answer is missing or cannot be used: the offer/answer exchange failed for good.
void Negotiation::on_no_ack(Actions& out) {
    if (idle()) { return; }  // of the INVITE that began the call: the call ends by itself
    if (state_ == State::awaiting_answer_relayed) { out.push_back(Action::acknowledge_stale); }
    if (state_ != State::awaiting_ack) { out.push_back(Action::restore); }
    fail(out);
}

void Negotiation::on_cancel(Actions& out) {
    if (state_ != State::asking_far) { return; }  // answered already: a CANCEL has no effect (RFC 3261 §9.2)
    refusal_ = Refusal::cancelled;
    enter(State::cancelling_far);
    out.push_back(Action::cancel_far);  // near waits for far's final: a 2xx may be on its way
}

void Negotiation::on_timeout(base::Instant now, Actions& out) {
    if (!timers_.pop_due(now)) { return; }
    switch (state_) {
        case State::asking_far:
            return cancel_far(now, Refusal::timed_out, out);
        case State::cancelling_far:
            return give_up_on_far(out);
        case State::syncing:
            if (!sync_cancelled_) {
                sync_cancelled_ = true;
                timers_.arm(Timer::far_final, now + rules_.cancel_grace);
                out.push_back(Action::cancel_far);
                return;
            }
            dangling_ = true;
            dangling_offerless_ = false;
            dangling_sync_ = true;
            sync_owed_ = !sync_is_late_;
            enter(State::idle);
            out.push_back(Action::restore);
            return;
        case State::idle:
        case State::awaiting_answer_relayed:
        case State::awaiting_answer_local:
        case State::awaiting_ack:
            return;
    }
}

void Negotiation::cancel_far(base::Instant now, Refusal why, Actions& out) {
    refusal_ = why;
    enter(State::cancelling_far);
    timers_.arm(Timer::far_final, now + rules_.cancel_grace);
    out.push_back(Action::cancel_far);
}

void Negotiation::give_up_on_far(Actions& out) {
    dangling_ = true;
    dangling_offerless_ = offerless_;
    dangling_sync_ = false;
    settle_near(out);
}

// Far has not taken it. An offerless re-INVITE is answered from here all the same; an offer is refused.
void Negotiation::settle_near(Actions& out) {
    if (offerless_ && refusal_ != Refusal::cancelled) {
        enter(State::awaiting_answer_local);
        out.push_back(Action::offer_near);
        return;
    }
    enter(State::idle);
    out.push_back(Action::refuse_near);
    out.push_back(Action::restore);
}

void Negotiation::sync(base::Instant now, Actions& out) {
    sync_cancelled_ = false;
    sync_is_late_ = std::exchange(sync_owed_, false);
    enter(State::syncing);
    timers_.arm(Timer::far_final, now + rules_.timeout);
    out.push_back(Action::sync_far);
}

void Negotiation::fail(Actions& out) {
    enter(State::idle);
    out.push_back(Action::end_call);
}

void Negotiation::stop() {
    dangling_ = false;
    enter(State::idle);
}

// Every state starts with no timer; the caller arms the one that the new state needs.
void Negotiation::enter(State next) {
    timers_.disarm_all();
    state_ = next;
}

}  // namespace server
