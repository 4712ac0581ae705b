#include "tests/exploration/world.hpp"

#include "tests/exploration/invariants.hpp"

namespace exploration {
namespace {

using Kind = Event::Kind;
using Ack = Negotiation::Ack;
using Carrier = Negotiation::Carrier;
using Final = Negotiation::Final;
using Phase = Surroundings::Phase;
using Request = Negotiation::Request;

constexpr Side sides[] = {Side::a, Side::b};

// No event makes more rounds of actions possible.
constexpr int settling_limit = 8;

Negotiation::Asked asked_in(Kind kind) {
    switch (kind) {
        case Kind::invite_here:
            return {Request::here};
        case Kind::invite_change:
            return {Request::change};
        case Kind::invite_offerless:
            return {Request::offerless};
        case Kind::invite_offerless_here:
            return {Request::offerless_here};
        case Kind::update_here:
            return {Request::here, Carrier::update};
        case Kind::update_change:
            return {Request::change, Carrier::update};
        default:
            return {Request::later, Carrier::update};
    }
}

Final final_in(Kind kind) {
    switch (kind) {
        case Kind::usable:
            return Final::usable;
        case Kind::unusable:
            return Final::unusable;
        case Kind::later:
        case Kind::much_later:
            return Final::later;
        case Kind::not_in_update:
            return Final::in_invite;
        case Kind::refused:
            return Final::refused;
        default:
            return Final::gone;
    }
}

// Of a 491: longer than the time limit, where the rules give that two units.
constexpr base::Duration long_wait = 3 * World::unit;

}  // namespace

World::World(const server::NegotiationRules& a, const server::NegotiationRules& b, bool early)
    : around_{early ? Phase::early : Phase::up} {
    machine_.set_rules(Side::a, a);
    machine_.set_rules(Side::b, b);
}

World::Events World::events() const {
    Events events;
    if (is_over()) { return events; }
    if (around_.phase() == Phase::early) {
        events.push_back({Kind::answered, Side::a});
        events.push_back({Kind::answered_offerless, Side::a});
    }
    for (const Side side : sides) {
        add_requests(side, events);
        add_finals(side, events);
        add_acks(side, events);
        const auto request = around_.leg(side).request;
        if (request == Leg::Request::invite || request == Leg::Request::offerless) {
            events.push_back({Kind::cancel, side});
        }
        if (around_.phase() == Phase::up && !around_.leg(side).refresh) { events.push_back({Kind::refresh, side}); }
        if (around_.phase() == Phase::up && !around_.leg(side).source) { events.push_back({Kind::source, side}); }
        if (around_.leg(side).source_asked) { events.push_back({Kind::source_answers, side}); }
    }
    if (machine_.next_timeout() != base::never) { events.push_back({Kind::time, Side::a}); }
    events.push_back({Kind::bye, Side::a});
    return events;
}

void World::add_requests(Side side, Events& out) const {
    if (machine_.admit(side) != Negotiation::Admission::take && !machine_.is_to_give_way(side)) { return; }
    out.push_back({Kind::update_here, side});
    if (around_.phase() != Phase::up) { out.push_back({Kind::update_later, side}); }
    if (around_.phase() == Phase::early) { return; }
    if (around_.phase() == Phase::up) { out.push_back({Kind::update_change, side}); }
    for (const Kind kind : {Kind::invite_here, Kind::invite_change}) { out.push_back({kind, side}); }
    if (machine_.admit(side, false) != Negotiation::Admission::take) { return; }
    for (const Kind kind : {Kind::invite_offerless, Kind::invite_offerless_here}) { out.push_back({kind, side}); }
}

void World::add_finals(Side side, Events& out) const {
    if (around_.leg(side).ours == Leg::Request::none) { return; }
    // Nothing answers an offer that was withdrawn.
    const bool is_void = around_.leg(side).gives_way && around_.leg(side).ours != Leg::Request::offerless;
    if (!is_void) { out.push_back({Kind::usable, side}); }
    for (const Kind kind : {Kind::unusable, Kind::later, Kind::much_later, Kind::refused, Kind::gone}) {
        out.push_back({kind, side});
    }
    if (around_.leg(side).ours == Leg::Request::update) { out.push_back({Kind::not_in_update, side}); }
}

void World::add_acks(Side side, Events& out) const {
    const bool of_set_up = around_.phase() == Phase::answered && side == Side::a;
    const auto sent = around_.leg(side).sent_2xx;
    if (sent == Leg::Sent2xx::none && !of_set_up) { return; }
    out.push_back({Kind::ack, side});
    if (sent != Leg::Sent2xx::none) { out.push_back({Kind::no_ack, side}); }
    if (sent != Leg::Sent2xx::with_offer || of_set_up) { return; }
    out.push_back({Kind::ack_without_answer, side});
    out.push_back({Kind::ack_tolerated, side});
}

Fault World::take(const Event& event, Choices& choices, std::vector<Action>* record) {
    Negotiation::Actions actions;
    const bool was_set_up = around_.phase() == Phase::answered;
    if (is_request(event.kind) && machine_.is_to_give_way(event.side)) {
        if (const Fault fault = give_way(event.side, choices, record)) { return fault; }
    }
    around_.on(event, choices);
    if (was_set_up && around_.phase() == Phase::up) { machine_.on_set_up_acknowledged(Side::a); }
    pass_news();
    feed(event, actions);
    for (int rounds = 0; rounds < settling_limit; ++rounds) {
        const bool ends = is_over() || (!actions.empty() && actions.back().kind == Action::Kind::end_call);
        if (ends) {
            if (const Fault fault = judge_end(machine_, now_)) { return fault; }
        }
        for (const Action& action : actions) {
            if (record != nullptr) { record->push_back(action); }
            if (const Fault fault = carry_out(action, choices)) { return fault; }
        }
        actions.clear();
        if (is_over()) { return nullptr; }
        if (around_.phase() == Phase::up) { machine_.settle(now_, around_.differs(), actions); }
        if (actions.empty()) {
            around_.forget_what_is_over();
            return nullptr;
        }
    }
    return "settle() always finds something more to ask for";
}

Fault World::give_way(Side side, Choices& choices, std::vector<Action>* record) {
    Negotiation::Actions actions;
    around_.give_way(side);
    machine_.give_way(side, actions);
    for (const Action& action : actions) {
        if (record != nullptr) { record->push_back(action); }
        if (const Fault fault = carry_out(action, choices)) { return fault; }
    }
    return nullptr;
}

Fault World::carry_out(const Action& action, Choices& choices) {
    if (is_over()) { return "asks for something after the end of the call (contract F.6)"; }
    if (const Fault fault = around_.carry_out(action, choices)) { return fault; }
    if (around_.sent_update(action)) { machine_.sent_in(Carrier::update); }
    pass_news();
    return nullptr;
}

// As the call does: an answer that holds is for the other leg to know.
void World::pass_news() {
    for (const Side side : sides) {
        if (around_.take_news(side)) { machine_.owe(side); }
    }
}

void World::feed(const Event& event, Negotiation::Actions& out) {
    const bool of_set_up =
        event.kind == Kind::ack && !machine_.awaits_ack(event.side) && !machine_.awaits_answer(event.side);
    switch (event.kind) {
        case Kind::ack:
            return of_set_up ? void() : machine_.on_ack(now_, event.side, Ack::with_answer, out);
        case Kind::ack_without_answer:
            return machine_.on_ack(now_, event.side, Ack::without_answer, out);
        case Kind::ack_tolerated:
            return machine_.on_ack(now_, event.side, Ack::tolerated, out);
        case Kind::no_ack:
            return machine_.on_no_ack(event.side, out);
        case Kind::cancel:
            return machine_.on_cancel(now_, event.side, out);
        case Kind::refresh:
            return machine_.want_refresh(event.side);
        case Kind::source:
            return machine_.want_source(event.side);
        case Kind::source_answers:
            return machine_.on_source(out);
        case Kind::bye:
            return machine_.stop();
        case Kind::answered:
        case Kind::answered_offerless:
            return machine_.on_set_up(event.side, event.kind == Kind::answered_offerless);
        case Kind::time:
            now_ += unit;
            return machine_.on_timeout(now_, out);
        default:
            break;
    }
    if (is_request(event.kind)) { return machine_.on_request(now_, event.side, asked_in(event.kind), out); }
    const base::Duration wait = event.kind == Kind::much_later ? long_wait : unit;
    machine_.on_far_final(now_, event.side, final_in(event.kind), wait, out);
}

Fault World::judge() const { return is_over() ? nullptr : judge_state(machine_, around_, now_); }

Key World::key() const {
    Packer packer;
    if (!is_over()) { server::NegotiationProbe::write(machine_, now_, packer); }
    around_.write(packer);
    return packer.key();
}

}  // namespace exploration
