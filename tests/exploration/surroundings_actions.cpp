// What the machine asks for, as the call carries it out (call_renegotiation_actions.cpp), and what is wrong with it.
#include <utility>

#include "tests/exploration/surroundings.hpp"

namespace exploration {
namespace {

using Request = Leg::Request;
using Sent2xx = Leg::Sent2xx;
using Their2xx = Leg::Their2xx;
using Wish = Leg::Wish;

}  // namespace

Fault Surroundings::carry_out(const Action& action, Choices& choices) {
    using Asked = Action::Kind;
    switch (action.kind) {
        case Asked::answer_near:
            return answer(action.side);
        case Asked::offer_near:
            return offer_near(action.side);
        case Asked::refuse_near:
            return refuse(action.side);
        case Asked::relay_offer:
            return relay(action.side, choices);
        case Asked::relay_offerless:
            return relay_offerless(action.side);
        case Asked::fetch_offer:
            return fetch_offer(action.side);
        case Asked::ask_source:
            return ask_source(action.side);
        case Asked::acknowledge_source:
            return acknowledge_source(action.side);
        case Asked::tell:
        case Asked::refresh:
            return tell(action.side);
        case Asked::commit_answer:
            return commit_answer(action.side, choices);
        case Asked::pass_offer:
            return pass_offer(action.side);
        case Asked::commit_own:
            return commit_own(action.side, choices);
        case Asked::acknowledge_here:
            return acknowledge_here(action.side);
        case Asked::acknowledge_far:
            return acknowledge_far(action.side, choices);
        case Asked::acknowledge_stale:
            return acknowledge_stale(action.side);
        case Asked::commit_near:
            return commit_near(action.side, choices);
        case Asked::withdraw:
            return withdraw(action.side);
        case Asked::cancel_far:
            return cancel(action.side);
        case Asked::end_call:
            break;
    }
    return end();
}

Fault Surroundings::answer(Side near) {
    Leg& own = leg(near);
    if (!own.has_offer()) { return "answers an offer that is not open (one final a request: contract F.1)"; }
    if (own.request == Request::invite) { own.sent_2xx = Sent2xx::with_answer; }
    own.request = Request::none;
    own.wish = own.pending;
    own.told = leg(media::other(near)).wish;
    own.misled = false;
    return nullptr;
}

Fault Surroundings::offer_near(Side near) {
    Leg& own = leg(near);
    if (own.request != Request::offerless) { return "offers to a request that is not open (contract F.1)"; }
    if (own.ours != Request::none || own.offer_open) { return "two offers of ours on one leg (RFC 3264 section 4)"; }
    own.request = Request::none;
    own.sent_2xx = Sent2xx::with_offer;
    own.offer_open = true;
    own.offered = leg(media::other(near)).wish;
    return nullptr;
}

Fault Surroundings::refuse(Side near) {
    if (leg(near).request == Request::none) { return "refuses what is not open (one final a request: contract F.1)"; }
    leg(near).request = Request::none;
    return nullptr;
}

Fault Surroundings::send(Side side, Request request, Wish offered, bool own_offer) {
    Leg& own = leg(side);
    if (own.ours != Request::none) { return "a second request of ours on a leg (RFC 3261 section 14.1)"; }
    if (own.request != Request::none) {
        return "a request across one of the peer (RFC 3261 section 14.1, RFC 3311 section 5.1)";
    }
    if (own.sent_2xx != Sent2xx::none) { return "a request before the ACK of our 2xx (RFC 3261 section 14.1)"; }
    if (own.their_2xx != Their2xx::none) { return "a request before our own ACK (RFC 3261 section 13.2.2.4)"; }
    if (own.offer_open) { return "a request while an offer of ours is unanswered (RFC 3264 section 4)"; }
    own.ours = request;
    own.ours_is_own = own_offer;
    if (request == Request::offerless) { return nullptr; }
    own.offer_open = true;
    own.offered = offered;
    own.misled = false;
    return nullptr;
}

Fault Surroundings::relay(Side far, Choices& choices) {
    const Leg& near = leg(media::other(far));
    if (!near.has_offer()) { return "relays an offer that is not open"; }
    const bool update = near.request == Request::update && !leg(far).takes_no_update && choices.pick();
    return send(far, update ? Request::update : Request::invite, near.pending, false);
}

Fault Surroundings::relay_offerless(Side far) {
    if (leg(media::other(far)).request != Request::offerless) { return "relays a request that is not open"; }
    return send(far, Request::offerless, {}, false);
}

Fault Surroundings::fetch_offer(Side side) {
    leg(side).source = false;
    return send(side, Request::offerless, {}, true);
}

Fault Surroundings::ask_source(Side side) {
    if (leg(side).their_2xx != Their2xx::with_offer) { return "gives a music server an offer that did not come"; }
    leg(side).source_asked = true;
    return nullptr;
}

Fault Surroundings::acknowledge_source(Side side) {
    Leg& own = leg(side);
    if (!std::exchange(own.source_asked, false)) { return "an answer of a music server that was not asked (RFC 7088)"; }
    if (std::exchange(own.their_2xx, Their2xx::none) != Their2xx::with_offer) {
        return "an ACK for no 2xx (RFC 3261 section 13.2.2.4)";
    }
    change(side, own.pending);
    own.told = leg(media::other(side)).wish;
    own.misled = false;
    return nullptr;
}

Fault Surroundings::tell(Side side) {
    leg(side).refresh = false;
    return send(side, Request::invite, leg(media::other(side)).wish, true);
}

bool Surroundings::sent_update(const Action& action) const {
    return action.kind == Action::Kind::relay_offer && leg(action.side).ours == Request::update;
}

void Surroundings::take(Leg& own) {
    own.told = own.offered;
    own.refuses_to_hear(own.told) = false;
    own.misled = false;
}

// An answer cannot wish more than our offer allows, which is no more than its peer wished before: hold.hpp.
void Surroundings::may_hold_by_answer(Side side, Choices& choices) {
    if (leg(side).wish == Wish::talk) { change(side, Leg::any_wish(choices)); }
}

Fault Surroundings::commit_answer(Side far, Choices& choices) {
    Leg& own = leg(far);
    const Side near = media::other(far);
    if (std::exchange(own.their_2xx, Their2xx::none) != Their2xx::with_answer) {
        return "commits an answer that did not come";
    }
    if (!leg(near).has_offer()) { return "commits an answer to what is not open"; }
    take(own);
    may_hold_by_answer(far, choices);
    return answer(near);
}

Fault Surroundings::pass_offer(Side far) {
    Leg& near = leg(media::other(far));
    if (leg(far).their_2xx != Their2xx::with_offer) { return "passes an offer that did not come"; }
    if (const Fault fault = offer_near(media::other(far))) { return fault; }
    near.offered = leg(far).pending;
    return nullptr;
}

Fault Surroundings::commit_own(Side side, Choices& choices) {
    Leg& own = leg(side);
    if (std::exchange(own.their_2xx, Their2xx::none) != Their2xx::with_answer) {
        return "commits an answer that did not come";
    }
    take(own);
    may_hold_by_answer(side, choices);
    return nullptr;
}

Fault Surroundings::acknowledge_far(Side far, Choices& choices) {
    Leg& own = leg(far);
    if (std::exchange(own.their_2xx, Their2xx::none) != Their2xx::with_offer) {
        return "an ACK for no 2xx (RFC 3261 section 13.2.2.4)";
    }
    if (const Fault fault = commit_near(media::other(far), choices)) { return fault; }
    change(far, own.pending);
    own.told = leg(media::other(far)).wish;
    own.misled = false;
    return nullptr;
}

Fault Surroundings::acknowledge_here(Side far) {
    Leg& own = leg(far);
    if (std::exchange(own.their_2xx, Their2xx::none) != Their2xx::with_offer) {
        return "an ACK for no 2xx (RFC 3261 section 13.2.2.4)";
    }
    change(far, own.pending);
    own.told = leg(media::other(far)).wish;
    own.misled = false;
    return nullptr;
}

Fault Surroundings::acknowledge_stale(Side side) {
    Leg& own = leg(side);
    const Their2xx what = std::exchange(own.their_2xx, Their2xx::none);
    if (what == Their2xx::none) { return "an ACK for no 2xx (RFC 3261 section 13.2.2.4)"; }
    if (what == Their2xx::with_answer) { return "what a peer has answered is not committed (contract F.2)"; }
    if (what == Their2xx::with_offer) {
        change(side, own.pending);
        own.misled = false;
    }
    own.offer_open = false;
    return nullptr;
}

Fault Surroundings::commit_near(Side side, Choices& choices) {
    Leg& own = leg(side);
    if (!std::exchange(own.has_answer, false)) { return "commits an answer that did not come"; }
    take(own);
    change(side, Leg::any_wish(choices));
    return nullptr;
}

Fault Surroundings::withdraw(Side side) {
    Leg& own = leg(side);
    const bool is_asked = own.ours != Request::none && !own.gives_way;
    if (is_asked || own.sent_2xx == Sent2xx::with_offer) { return "withdraws an offer that may be answered yet"; }
    if (own.has_offer() || own.their_2xx == Their2xx::with_offer) {
        return "forgets an offer of the peer (contract F.1)";
    }
    own.offer_open = false;
    return nullptr;
}

// RFC 3261 §9.1.
Fault Surroundings::cancel(Side side) {
    Leg& own = leg(side);
    const bool invite = own.ours == Request::invite || own.ours == Request::offerless;
    if (!invite || own.cancelled) { return "cancels what is no open INVITE (RFC 3261 section 9.1)"; }
    own.cancelled = true;
    return nullptr;
}

// The call answers what is open, acknowledges what is not, and hangs up: call_teardown.cpp.
Fault Surroundings::end() {
    const bool left = leg(Side::a).their_2xx != Their2xx::none || leg(Side::b).their_2xx != Their2xx::none;
    legs_ = {};
    phase_ = Phase::ended;
    return left ? "ends the call before the ACK of a 2xx (RFC 3261 section 13.2.2.4)" : nullptr;
}

}  // namespace exploration
