// Requests of the peers, their ACKs and CANCELs, and what settles afterwards. Far's side: negotiation_far.cpp.
#include "server/b2bua/negotiation.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace server {
namespace {

using Side = media::Side;

constexpr Side sides[] = {Side::a, Side::b};

}  // namespace

bool Negotiation::is_quiet() const {
    for (const LegState& each : legs_) {
        if (each.open || each.wait != Wait::none || each.dangling || each.owed || each.left_alone) { return false; }
    }
    return idle();
}

// A request of ours is open on this leg.
bool Negotiation::is_asked(Side side) const {
    const bool in_exchange = state_ == State::asking || state_ == State::cancelling || state_ == State::passing;
    return leg(side).dangling || (in_exchange && far_ == side);
}

Negotiation::Admission Negotiation::admit(Side side, bool offers) const {
    const bool owes_ack = state_ == State::passing && far_ == side;
    const bool meets_ours = is_asked(side) && (owes_ack || !offers || !rules_of(side).is_browser);
    if (meets_ours || leg(side).wait == Wait::answer) { return Admission::glare; }
    return leg(side).open ? Admission::overlap : Admission::take;
}

// Nothing of either side is open there: we may ask (RFC 3261 §14.1).
bool Negotiation::is_free(Side side) const {
    const LegState& own = leg(side);
    return !own.open && own.wait == Wait::none && !own.dangling && !own.left_alone;
}

// An own offer that backs off gives way to a peer's.
bool Negotiation::is_reachable(Side far) const {
    return is_free(far) && (idle() || (state_ == State::backing_off && !has_near_));
}

// What far is busy with lasts too long, or waits for this very leg.
bool Negotiation::cannot_wait_for(Side far) const {
    return leg(far).dangling || leg(far).open || leg(far).wait == Wait::answer;
}

bool Negotiation::is_queued(Side side) const { return leg(side).open && !(has_near() && near() == side); }

void Negotiation::on_request(base::Instant now, Side near, Asked asked, Actions& out) {
    assert(admit(near, asked.request != Request::offerless && asked.request != Request::offerless_here) ==
           Admission::take);
    // Whoever sends a new INVITE has our 2xx to the last; an UPDATE may have crossed it.
    if (asked.carrier == Carrier::invite) { leg(near).wait = Wait::none; }
    leg(near).open = asked;
    leg(near).until = now + rules_of(near).timeout;
    proceed(now, near, out);
}

void Negotiation::proceed(base::Instant now, Side near, Actions& out) {
    const Asked& asked = *leg(near).open;
    const Side far = media::other(near);
    const bool concerns_far =
        asked.request == Request::change || (asked.request == Request::offerless && rules_of(near).relay_offerless);
    if (!concerns_far || rules_of(near).is_browser) { return answer_here(near, Cause::by_itself, out); }
    if (is_reachable(far)) { return ask(now, near, out); }
    if (asked.carrier == Carrier::update || cannot_wait_for(far)) { return answer_here(near, Cause::busy, out); }
    timers_.arm(queue_of(near), leg(near).until);
}

void Negotiation::ask(base::Instant now, Side near, Actions& out) {
    const Asked& asked = *leg(near).open;
    const bool takes_over = state_ == State::backing_off && far_ == media::other(near);
    if (state_ == State::backing_off) {
        owe(far_);
        if (!takes_over) { leave_exchange(); }
    }
    timers_.disarm(queue_of(near));
    far_ = media::other(near);
    leg(far_).told_late = leg(far_).source = false;  // near's offer says by itself what it wants
    has_near_ = true;
    cancelled_ = false;
    cause_ = Cause::by_itself;
    refusal_ = Refusal::relayed;
    offerless_ = asked.request == Request::offerless;
    carrier_ = Carrier::invite;
    request_ = offerless_ ? Action::Kind::relay_offerless : Action::Kind::relay_offer;
    deadline_ = std::max(leg(near).until, now + std::min(rules().timeout, rules().least_time));
    timers_.arm(Timer::limit, deadline_);
    if (asked.carrier == Carrier::update) { timers_.arm(Timer::patience, now + rules().update_patience); }
    if (takes_over) { return; }  // the wait for far goes on
    retries_ = 0;
    state_ = State::asking;
    out.push_back({request_, far_});
}

// Far is told later, unless it has refused, or there is nothing to tell.
void Negotiation::answer_here(Side near, Cause cause, Actions& out) {
    const Request request = leg(near).open->request;
    const bool offerless = request == Request::offerless || request == Request::offerless_here;
    cause_ = cause;
    close_request(near, offerless);
    out.push_back({offerless ? Action::Kind::offer_near : Action::Kind::answer_near, near});
    const bool concerns_far = request == Request::change || request == Request::later;
    if (!concerns_far || cause == Cause::refused || cause == Cause::timed_out) { return; }
    if (cause == Cause::glare && std::exchange(leg(media::other(near)).told_late, true)) { return; }
    owe(media::other(near));
}

void Negotiation::give_way(Side side, Actions& out) {
    LegState& own = leg(side);
    if (state_ == State::passing && far_ == side) { return on_source(out); }
    out.push_back({Action::Kind::withdraw, side});
    own.told_late = false;  // should it be taken all the same, that is no fault of the peer
    if (std::exchange(own.dangling, true)) { return; }
    own.dangling_offerless = offerless_;
    const bool was_cancelled = state_ == State::cancelling;
    const bool waits = has_near_;
    leave_exchange();
    if (!waits) {
        own.refresh = own.refresh || request_ == Action::Kind::refresh;
        return owe(side);
    }
    if (cancelled_) { return refuse(near(), Refusal::cancelled, out); }
    answer_here(near(), was_cancelled ? cause_ : Cause::busy, out);
}

void Negotiation::leave_alone(base::Instant now, Side side) {
    if (!rules_of(side).is_browser) { return; }
    leg(side).left_alone = true;
    timers_.arm(quiet_of(side), now + rules_of(side).quiet_time);
}

void Negotiation::refuse(Side near, Refusal why, Actions& out) {
    refusal_ = why;
    leg(near).open.reset();
    timers_.disarm(queue_of(near));
    out.push_back({Action::Kind::refuse_near, near});
}

void Negotiation::close_request(Side near, bool with_offer) {
    LegState& own = leg(near);
    if (own.open->carrier == Carrier::invite) { own.wait = with_offer ? Wait::answer : Wait::ack; }
    own.open.reset();
    timers_.disarm(queue_of(near));
}

void Negotiation::on_ack(base::Instant now, Side side, Ack ack, Actions& out) {
    if (std::exchange(leg(side).wait, Wait::none) != Wait::answer) { return; }
    leave_alone(now, side);
    const bool relayed = state_ == State::passing && has_near_ && near() == side;
    if (relayed) { leave_exchange(); }
    if (ack == Ack::with_answer) {
        out.push_back(relayed ? Action{Action::Kind::acknowledge_far, far_} : Action{Action::Kind::commit_near, side});
        return owe(media::other(side));
    }
    if (relayed) { out.push_back({Action::Kind::acknowledge_stale, far_}); }
    out.push_back({Action::Kind::withdraw, side});
    if (ack != Ack::tolerated) { fail(out); }
}

// No ACK within 64·T1: whatever the exchange was, it failed for good.
void Negotiation::on_no_ack(Side side, Actions& out) {
    const Wait waited = std::exchange(leg(side).wait, Wait::none);
    if (waited == Wait::none) { return; }
    if (waited == Wait::answer) {
        if (state_ == State::passing && has_near_ && near() == side) {
            out.push_back({Action::Kind::acknowledge_stale, far_});
        }
        out.push_back({Action::Kind::withdraw, side});
    }
    fail(out);
}

// Answered already: a CANCEL has no effect (RFC 3261 §9.2). A 2xx of far may be on its way: near waits for its final.
void Negotiation::on_cancel(base::Instant now, Side side, Actions& out) {
    if (!leg(side).open) { return; }
    if (is_queued(side)) { return refuse(side, Refusal::cancelled, out); }
    cancelled_ = true;
    if (state_ == State::asking) { return cancel_far(now, out); }
    if (state_ != State::backing_off) { return; }
    leave_exchange();
    refuse(side, Refusal::cancelled, out);
}

void Negotiation::owe(Side side, bool always) {
    leg(side).owed = true;
    leg(side).owed_always = leg(side).owed_always || always;
}

// After silence, or an answer that cannot be used: once.
void Negotiation::owe_again(Side side, bool always) {
    if (!std::exchange(leg(side).told_late, true)) { owe(side, always); }
}

void Negotiation::settle(base::Instant now, std::array<bool, 2> differs, Actions& out) {
    if (state_ == State::backing_off && retry_due_) { try_again(now, out); }
    serve_queue(now, out);
    if (!idle() || !out.empty()) { return; }
    for (const Side side : sides) {
        LegState& own = leg(side);
        if (!is_free(side)) { continue; }  // what is open there may agree on something else
        if (!own.owed_always && !differs[static_cast<std::size_t>(side)]) { own.owed = false; }
        const bool wish_is_known = leg(media::other(side)).wait != Wait::answer;
        if (!(own.owed && wish_is_known) && !own.refresh && !own.source) { continue; }
        return tell(now, side,
                    own.source                  ? Action::Kind::fetch_offer
                    : own.owed && wish_is_known ? Action::Kind::tell
                                                : Action::Kind::refresh,
                    out);
    }
}

void Negotiation::serve_queue(base::Instant now, Actions& out) {
    for (const Side side : sides) {
        if (!is_queued(side)) { continue; }
        if (is_reachable(media::other(side))) {
            ask(now, side, out);
        } else if (cannot_wait_for(media::other(side))) {
            answer_here(side, Cause::busy, out);
        }
    }
}

void Negotiation::on_source(Actions& out) {
    if (state_ != State::passing || has_near_) { return; }
    leave_exchange();
    leg(far_).owed = leg(far_).owed_always = false;
    out.push_back({Action::Kind::acknowledge_source, far_});
}

void Negotiation::tell(base::Instant now, Side side, Action::Kind kind, Actions& out) {
    LegState& own = leg(side);
    own.source = false;
    const bool fetches = kind == Action::Kind::fetch_offer;  // what it is owed is told when that has come
    if (!fetches) { own.owed = own.owed_always = own.refresh = false; }
    far_ = side;
    has_near_ = cancelled_ = false;
    offerless_ = fetches;
    carrier_ = Carrier::invite;
    request_ = kind;
    retries_ = 0;
    deadline_ = now + rules().timeout;
    timers_.arm(Timer::limit, deadline_);
    state_ = State::asking;
    out.push_back({kind, side});
}

void Negotiation::fail(Actions& out) {
    const bool owes_ack = state_ == State::passing && !has_near_;  // a music server was to decide
    if (owes_ack) { out.push_back({Action::Kind::acknowledge_stale, far_}); }
    stop();
    out.push_back({Action::Kind::end_call, far_});
}

void Negotiation::stop() {
    legs_ = {};
    leave_exchange();
    timers_.disarm_all();
}

void Negotiation::leave_exchange() {
    for (const Timer timer : {Timer::limit, Timer::patience, Timer::glare, Timer::grace}) { timers_.disarm(timer); }
    state_ = State::idle;
    retry_due_ = false;
}

}  // namespace server
