// What far says to our request, and what its silence means.
#include <algorithm>
#include <utility>

#include "server/b2bua/negotiation.hpp"

namespace server {

void Negotiation::on_far_final(base::Instant now, Side far, Final final, base::Duration wait, Actions& out) {
    if (leg(far).dangling) { return on_dangling_final(far, final, out); }
    if (far != far_ || (state_ != State::asking && state_ != State::cancelling)) { return; }
    switch (final) {
        case Final::gone:
            if (has_near_) { refuse(near(), Refusal::relayed, out); }
            return fail(out);
        case Final::usable:
            return on_usable(now, out);
        case Final::unusable:
            return on_unusable(out);
        case Final::later:
            out.push_back({Action::Kind::withdraw, far_});
            return state_ == State::asking ? on_later(now, wait, out) : settle_near(cause_, out);
        case Final::in_invite:
            out.push_back({Action::Kind::withdraw, far_});
            carrier_ = Carrier::invite;
            return out.push_back({request_, far_});
        case Final::refused:
            out.push_back({Action::Kind::withdraw, far_});
            return settle_near(state_ == State::asking ? Cause::refused : cause_, out);
    }
}

// Also when it crossed our CANCEL: far has the new session, so near gets it too (RFC 3261 §9.1).
void Negotiation::on_usable(base::Instant now, Actions& out) {
    leg(far_).owed_always = leg(far_).told_late = false;
    const bool relayed = has_near_;
    const Side asker = near();
    if (relayed) { close_request(asker, offerless_); }
    leave_exchange();
    if (relayed && offerless_ && rules_of(far_).is_browser) {  // it does not wait for near's answer
        leave_alone(now, far_);
        out.push_back({Action::Kind::acknowledge_here, far_});
        return out.push_back({Action::Kind::offer_near, asker});
    }
    if (offerless_) { state_ = State::passing; }
    if (!relayed) {
        if (offerless_) { timers_.arm(Timer::limit, now + rules().source_patience); }
        return out.push_back({offerless_ ? Action::Kind::ask_source : Action::Kind::commit_own, far_});
    }
    out.push_back({offerless_ ? Action::Kind::pass_offer : Action::Kind::commit_answer, far_});
}

// Far believes in a session that we could not read: it is led back. To an offerless request that is done by the ACK.
void Negotiation::on_unusable(Actions& out) {
    const bool waits = has_near_;
    leave_exchange();
    out.push_back({Action::Kind::acknowledge_stale, far_});
    if (!waits) { return owe_again(far_, true); }
    if (offerless_ && !cancelled_) { return answer_here(near(), Cause::refused, out); }
    refuse(near(), cancelled_ ? Refusal::cancelled : Refusal::bad_answer, out);
    owe(far_, true);
}

void Negotiation::on_later(base::Instant now, base::Duration wait, Actions& out) {
    const bool passed_on = has_near_ && !rules().heal && !offerless_;
    if (passed_on || retries_ >= rules().glare_retries) { return settle_near(Cause::glare, out); }
    const bool too_late = has_near_ && now + wait >= deadline_;
    if (too_late && offerless_) { return settle_near(Cause::glare, out); }
    ++retries_;
    state_ = State::backing_off;
    timers_.arm(Timer::glare, now + wait);
    if (too_late) { detach(Cause::glare, out); }
}

// Nobody waits for it any more. If far took an offer all the same, that is its session now; what it should know instead
// it is told.
void Negotiation::on_dangling_final(Side side, Final final, Actions& out) {
    LegState& own = leg(side);
    own.dangling = false;
    switch (final) {
        case Final::gone:
            return fail(out);
        case Final::later:
        case Final::in_invite:
        case Final::refused:
            out.push_back({Action::Kind::withdraw, side});
            return owe_again(side, false);
        case Final::unusable:
            out.push_back({Action::Kind::acknowledge_stale, side});
            return owe_again(side, true);
        case Final::usable:
            out.push_back({own.dangling_offerless ? Action::Kind::acknowledge_stale : Action::Kind::commit_own, side});
            return owe(side);
    }
}

// Far has not taken it.
void Negotiation::settle_near(Cause cause, Actions& out) {
    const bool waits = has_near_;
    leave_exchange();
    if (!waits) { return offerless_ ? owe(far_) : void(); }  // it is told without the music server
    if (cancelled_) { return refuse(near(), Refusal::cancelled, out); }
    if (rules().heal || offerless_) { return answer_here(near(), cause, out); }
    refuse(near(), cause == Cause::timed_out ? Refusal::timed_out : Refusal::relayed, out);
}

void Negotiation::on_timeout(base::Instant now, Actions& out) {
    while (const auto timer = timers_.pop_due(now)) { on_timer(*timer, now, out); }
}

void Negotiation::on_timer(Timer timer, base::Instant now, Actions& out) {
    switch (timer) {
        case Timer::limit:
            return on_limit(now, out);
        case Timer::patience:
            return detach(Cause::by_itself, out);
        case Timer::glare:
            retry_due_ = true;
            return try_again(now, out);
        case Timer::grace:
            return give_up_on_far(out);
        case Timer::queue_a:
            return answer_here(Side::a, Cause::busy, out);
        case Timer::queue_b:
            return answer_here(Side::b, Cause::busy, out);
        case Timer::quiet_a:
        case Timer::quiet_b:
            leg(timer == Timer::quiet_a ? Side::a : Side::b).left_alone = false;
            return;
    }
}

void Negotiation::on_limit(base::Instant now, Actions& out) {
    if (state_ == State::passing) { return on_source(out); }
    if (state_ == State::backing_off) { return has_near_ ? settle_near(Cause::glare, out) : void(); }
    cause_ = Cause::timed_out;
    cancel_far(now, out);
}

// Near is answered from here and far's answer awaited as one to an offer of our own.
void Negotiation::detach(Cause cause, Actions& out) {
    const Side asker = near();
    has_near_ = false;
    request_ = Action::Kind::tell;
    timers_.disarm(Timer::patience);
    cause_ = cause;
    close_request(asker, false);
    out.push_back({Action::Kind::answer_near, asker});
}

void Negotiation::try_again(base::Instant now, Actions& out) {
    if (!is_free(far_)) { return; }  // settle() comes back to it
    retry_due_ = false;
    if (!has_near_) { timers_.arm(Timer::limit, now + rules().timeout); }
    carrier_ = Carrier::invite;
    state_ = State::asking;
    out.push_back({request_, far_});
}

// An UPDATE cannot be cancelled (RFC 3261 §9.1): it is left to itself.
void Negotiation::cancel_far(base::Instant now, Actions& out) {
    for (const Timer timer : {Timer::limit, Timer::patience}) { timers_.disarm(timer); }
    if (carrier_ == Carrier::update) { return give_up_on_far(out); }
    state_ = State::cancelling;
    timers_.arm(Timer::grace, now + rules().cancel_grace);
    out.push_back({Action::Kind::cancel_far, far_});
}

void Negotiation::give_up_on_far(Actions& out) {
    leg(far_).dangling = true;
    leg(far_).dangling_offerless = offerless_;
    settle_near(cause_, out);
}

}  // namespace server
