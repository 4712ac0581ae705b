#include "tests/exploration/invariants.hpp"

#include "tests/exploration/probe.hpp"

namespace exploration {
namespace {

using Admission = Negotiation::Admission;
using Final = Negotiation::Final;
using Request = Leg::Request;
using Sent2xx = Leg::Sent2xx;
using Their2xx = Leg::Their2xx;

constexpr Side sides[] = {Side::a, Side::b};

// The machine and the wire say the same.
Fault judge_agreement(const Negotiation& machine, const Leg& leg, Side side) {
    if (machine.is_open(side) != (leg.request != Request::none)) {
        return "a request without a final is forgotten, or believed open";
    }
    if (machine.awaits_answer(side) != (leg.sent_2xx == Sent2xx::with_offer)) {
        return "which ACK brings an answer is not known";
    }
    if (machine.awaits_ack(side) != (leg.sent_2xx == Sent2xx::with_answer)) {
        return "which 2xx waits for an ACK is not known";
    }
    using State = Negotiation::State;
    const bool asked =
        machine.far() == side && (machine.state() == State::asking || machine.state() == State::cancelling);
    if ((asked || machine.is_dangling(side)) != (leg.ours != Request::none)) {
        return "a request of ours is forgotten, or believed open";
    }
    if (asked && machine.is_dangling(side)) { return "two requests of ours on a leg (RFC 3261 section 14.1)"; }
    return nullptr;
}

// What a turn must deal with it has dealt with: RFC 3261 §13.2.2.4, RFC 3264 §4, contract A.7.
Fault judge_leftovers(const Negotiation& machine, const Surroundings& around, Side side) {
    const Leg& leg = around.leg(side);
    if (leg.has_answer) { return "the answer in an ACK is not taken"; }
    const bool in_request = (leg.ours == Request::invite || leg.ours == Request::update) && !leg.gives_way;
    const bool offering = in_request || leg.sent_2xx == Sent2xx::with_offer;
    if (leg.offer_open != offering) {
        return "an offer of ours stays open though nothing can answer it any more (contract A.7)";
    }
    const bool passing = machine.state() == Negotiation::State::passing && machine.far() == side &&
                         (leg.source_asked || around.leg(media::other(side)).sent_2xx == Sent2xx::with_offer);
    const bool waits = leg.their_2xx == Their2xx::with_offer;
    if (leg.their_2xx != Their2xx::none && !waits) {
        return "a 2xx is left without an ACK (RFC 3261 section 13.2.2.4)";
    }
    if (passing != waits) { return "a 2xx waits for an ACK that nobody will write (RFC 3261 section 13.2.2.4)"; }
    return nullptr;
}

// Refused only what crosses something that is open, and nothing else taken: contract A.5, RFC 3261 §14.2, RFC 3311
// §5.2.
Fault judge_admission(const Negotiation& machine, const Leg& leg, Side side) {
    const bool gives_way = machine.is_to_give_way(side) && leg.their_2xx == Their2xx::none;
    const bool ours_open =
        leg.sent_2xx == Sent2xx::with_offer ||
        (!gives_way && (leg.ours != Request::none || leg.offer_open || leg.their_2xx != Their2xx::none));
    const bool theirs_open = leg.request != Request::none;
    switch (machine.admit(side)) {
        case Admission::glare:
            return ours_open ? nullptr : "491 though nothing of ours is open (contract A.5)";
        case Admission::overlap:
            return theirs_open ? nullptr : "500 though nothing of the peer is open (RFC 3261 section 14.2)";
        case Admission::take:
            return ours_open || theirs_open ? "an offer is taken while another is open (RFC 3311 section 5.2)"
                                            : nullptr;
    }
    return nullptr;
}

// Nobody waits for ever: a peer for its final, we for that of a request which may be cancelled. Contract A.4. Whichever
// timer runs: should it be another's, the state after it shows.
Fault judge_timers(const Negotiation& machine, const Surroundings& around) {
    const bool armed = machine.next_timeout() != base::never;
    for (const Side side : sides) {
        const Leg& leg = around.leg(side);
        if (leg.request != Request::none && !armed) {
            return "a peer waits for its final and no time limit runs (contract A.4)";
        }
        const bool may_last = leg.ours != Request::none && !machine.is_dangling(side);
        if (may_last && !armed) { return "our request may last for ever: no time limit runs (contract A.4)"; }
    }
    const Leg& far = around.leg(machine.far());
    const bool waits_for_time = machine.state() == Negotiation::State::backing_off && far.sent_2xx == Sent2xx::none &&
                                far.request == Request::none;
    if (waits_for_time && !armed) { return "backs off for ever (RFC 3261 section 14.1)"; }
    return nullptr;
}

// Contract A.7, F.2, F.6.
Fault judge_quiet(const Negotiation& machine, const Surroundings& around) {
    if (machine.next_timeout() != base::never) { return "a timer runs though nothing is pending (contract F.6)"; }
    if (around.phase() != Surroundings::Phase::up) { return nullptr; }
    for (const Side side : sides) {
        const Leg& leg = around.leg(side);
        if (machine.admit(side) != Admission::take) {
            return "nothing is pending and a request is refused (contract A.7)";
        }
        if (leg.refresh) { return "a session timer's request is not sent (RFC 4028 section 7.2)"; }
        if (leg.misled) { return "a peer believes in an answer that we could not read (contract F.2)"; }
        const auto wish = around.leg(media::other(side)).wish;
        if (around.differs(side) && !leg.refuses[static_cast<std::size_t>(wish)]) {
            return "a peer is not told what the other one wishes (contract B.3, F.2)";
        }
    }
    return nullptr;
}

Key key_of(const Negotiation& machine, base::Instant now) {
    Packer packer;
    server::NegotiationProbe::write(machine, now, packer);
    return packer.key();
}

// Neither action nor memory.
template <class Late>
bool is_absorbed(const Negotiation& machine, base::Instant now, Late late) {
    Negotiation copy = machine;
    Negotiation::Actions actions;
    late(copy, actions);
    return actions.empty() && key_of(copy, now) == key_of(machine, now);
}

// Repetitions, and what comes too late, one after the other: RFC 3261 §9.2, §13.3.1.4, contract F.1.
Fault judge_absorption(const Negotiation& machine, const Surroundings& around, base::Instant now) {
    const auto late = [&](Negotiation& copy, Negotiation::Actions& out) {
        for (const Side side : sides) {
            const Leg& leg = around.leg(side);
            if (leg.request == Request::none) { copy.on_cancel(now, side, out); }
            if (leg.sent_2xx == Sent2xx::none) {
                copy.on_ack(now, side, Negotiation::Ack::with_answer, out);
                copy.on_ack(now, side, Negotiation::Ack::without_answer, out);
                copy.on_no_ack(side, out);
            }
            if (leg.ours != Request::none) { continue; }
            for (const Final final :
                 {Final::usable, Final::unusable, Final::later, Final::in_invite, Final::refused, Final::gone}) {
                copy.on_far_final(now, side, final, {}, out);
            }
        }
        copy.on_timeout(now, out);
        if (around.phase() == Surroundings::Phase::up) { copy.settle(now, around.differs(), out); }
    };
    return is_absorbed(machine, now, late) ? nullptr : "a repetition, or what comes too late or early, has an effect";
}

}  // namespace

Fault judge_state(const Negotiation& machine, const Surroundings& around, base::Instant now) {
    for (const Side side : sides) {
        if (const Fault fault = judge_agreement(machine, around.leg(side), side)) { return fault; }
        if (const Fault fault = judge_leftovers(machine, around, side)) { return fault; }
        if (const Fault fault = judge_admission(machine, around.leg(side), side)) { return fault; }
    }
    if (const Fault fault = judge_timers(machine, around)) { return fault; }
    if (const Fault fault = judge_absorption(machine, around, now)) { return fault; }
    return machine.is_quiet() ? judge_quiet(machine, around) : nullptr;
}

Fault judge_end(const Negotiation& machine, base::Instant now) {
    if (!machine.is_quiet()) { return "something is pending after the end (contract F.6)"; }
    if (machine.next_timeout() != base::never) { return "a timer runs after the end (contract F.6)"; }
    const auto settle = [&](auto& copy, auto& out) { copy.settle(now, {true, true}, out); };
    return is_absorbed(machine, now, settle) ? nullptr : "something is asked for after the end (contract F.6)";
}

}  // namespace exploration
