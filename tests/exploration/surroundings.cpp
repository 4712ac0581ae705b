#include "tests/exploration/surroundings.hpp"

#include <utility>

namespace exploration {
namespace {

using Kind = Event::Kind;
using Request = Leg::Request;
using Sent2xx = Leg::Sent2xx;
using Their2xx = Leg::Their2xx;
using Wish = Leg::Wish;

Request request_in(Kind kind) {
    switch (kind) {
        case Kind::invite_here:
        case Kind::invite_change:
            return Request::invite;
        case Kind::invite_offerless:
        case Kind::invite_offerless_here:
            return Request::offerless;
        default:
            return Request::update;
    }
}

}  // namespace

void Surroundings::on(const Event& event, Choices& choices) {
    Leg& own = leg(event.side);
    if (is_request(event.kind)) { return open(own, event, choices); }
    if (is_final(event.kind)) { return on_final(event, choices); }
    switch (event.kind) {
        case Kind::ack:
        case Kind::ack_without_answer:
        case Kind::ack_tolerated:
            return on_ack(event.side, event.kind, choices);
        case Kind::no_ack:
            own.sent_2xx = Sent2xx::none;
            return;
        case Kind::answered:
        case Kind::answered_offerless:
            return on_answered(event.side, event.kind == Kind::answered_offerless);
        case Kind::refresh:
            own.refresh = true;
            return;
        case Kind::source:
            own.source = true;
            return;
        case Kind::bye:
            end();
            return;
        default:
            return;
    }
}

// The peer's next INVITE stands for the ACK of our 2xx to its last: it has that. An UPDATE may have crossed it.
void Surroundings::open(Leg& own, const Event& event, Choices& choices) {
    own.request = request_in(event.kind);
    if (own.request != Request::update) { own.sent_2xx = Sent2xx::none; }
    const bool of_set_up = phase_ == Phase::answered && event.side == Side::a;
    if (of_set_up && own.request != Request::update) { phase_ = Phase::up; }
    if (own.request == Request::offerless) { return; }
    own.pending = Leg::any_wish(choices);
    if (own.pending == own.wish) { return; }
    // What is answered here though it holds or resumes: the other leg has refused to hear of that, or is not to.
    const bool hidden = event.kind == Kind::invite_here || event.kind == Kind::update_here;
    leg(media::other(event.side)).refuses_to_hear(own.pending) = hidden;
}

void Surroundings::on_answered(Side side, bool with_offer) {
    Leg& own = leg(side);
    phase_ = Phase::answered;
    own.sent_2xx = with_offer ? Sent2xx::with_offer : Sent2xx::with_answer;
    own.offer_open = with_offer;
    own.offered = leg(media::other(side)).wish;
}

void Surroundings::on_final(const Event& event, Choices& choices) {
    Leg& own = leg(event.side);
    const bool had_offer = own.ours != Request::offerless;
    own.ours = Request::none;
    own.cancelled = false;
    const bool gave_way = std::exchange(own.gives_way, false);
    switch (event.kind) {
        case Kind::usable:
            own.their_2xx = had_offer ? Their2xx::with_answer : Their2xx::with_offer;
            if (!had_offer) { own.pending = Leg::any_wish(choices); }
            own.offer_open = false;
            return;
        case Kind::unusable:
            own.their_2xx = Their2xx::unusable;
            own.misled = had_offer && (gave_way || !own.ours_is_own);
            break;
        case Kind::not_in_update:
            own.takes_no_update = true;
            return;
        default:
            break;
    }
    if (gave_way) { return; }
    const bool counts = !own.ours_is_own || own.offered == leg(media::other(event.side)).wish;
    if (had_offer && counts) { own.refuses_to_hear(own.offered) = true; }
}

void Surroundings::on_ack(Side side, Kind kind, Choices& choices) {
    Leg& own = leg(side);
    const bool offered = std::exchange(own.sent_2xx, Sent2xx::none) == Sent2xx::with_offer;
    if (phase_ == Phase::answered && side == Side::a) {
        phase_ = Phase::up;
        if (!offered) { return; }
        own.offer_open = false;
        own.told = own.offered;
        change(side, Leg::any_wish(choices));
        return;
    }
    if (!offered || kind != Kind::ack) { return; }
    own.offer_open = false;
    own.has_answer = true;
}

// What the other leg refused to hear counts until there is something else to hear.
void Surroundings::change(Side side, Wish wish) {
    if (std::exchange(leg(side).wish, wish) == wish) { return; }
    leg(media::other(side)).refuses = {};
    leg(media::other(side)).news = true;
}

// Of what a leg refuses to hear, only what it might have to be told.
void Surroundings::forget_what_is_over() {
    for (const Side side : {Side::a, Side::b}) {
        Leg& own = leg(side);
        const Leg& other = leg(media::other(side));
        const auto counts = [&](Wish what) {
            if (other.wish == what) { return differs(side) || own.offer_open; }
            return other.has_offer() && other.pending == what;
        };
        for (const Wish what : {Wish::talk, Wish::hold}) {
            if (!counts(what)) { own.refuses_to_hear(what) = false; }
        }
    }
}

// What means nothing any more is written as nothing.
void Surroundings::write(Packer& out) const {
    out.add(phase_, 2);
    for (const Leg& each : legs_) {
        out.add(each.request, 2);
        out.add(each.sent_2xx, 2);
        out.add(each.ours, 2);
        out.add(each.their_2xx, 2);
        out.add(each.wish, 1);
        out.add(each.told, 1);
        out.add(each.offer_open ? each.offered : Wish::talk, 1);
        out.add(each.has_offer() || each.their_2xx == Their2xx::with_offer ? each.pending : Wish::talk, 1);
        out.add(each.ours != Request::none && each.ours_is_own, 1);
        for (const bool flag : {each.refuses[0], each.refuses[1], each.cancelled, each.gives_way, each.takes_no_update,
                                each.offer_open, each.misled, each.refresh, each.source, each.source_asked}) {
            out.add(flag, 1);
        }
    }
}

}  // namespace exploration
