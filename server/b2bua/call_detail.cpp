// The detail record of a call: what is measured while it lives, and what it comes to at its end.
#include "server/b2bua/call_detail.hpp"

#include "server/b2bua/call.hpp"

namespace server {
namespace {

LegDetail detail_of(LegView view, const CallMeter::OfLeg& meter, const LegMeter& quality) {
    return {std::move(view), meter.codecs, meter.held.total(), meter.music.total(), quality.mean_opinion()};
}

}  // namespace

// After each turn of the call.
void Call::clock_holds(base::Instant now) {
    const bool up = state_ == State::up;
    for (const auto side : {media::Side::a, media::Side::b}) {
        const Leg* const peer = leg(media::other(side));
        meter_.of(side).held.set(up && peer != nullptr && holds(peer->wish), now);
        meter_.of(side).music.set(up && leg(side) != nullptr && hears_music(side), now);
    }
}

// Of what is in use now: before a change, and at the end.
void Call::note_codecs() {
    if (!session_ || !answered_) { return; }
    for (const auto side : {media::Side::a, media::Side::b}) {
        if (leg(side) != nullptr) { meter_.of(side).note_codec(services_.engine.stats(session_, side).codec); }
    }
}

// While its media is still there to be asked.
void Call::give_detail(Turn& turn) {
    clock_holds(turn.now);
    note_codecs();
    meter_.note_end("server", "the server ended the call");
    CallView view = this->view();
    CallDetail detail;
    detail.id = id_;
    detail.from = from_;
    detail.to = to_;
    detail.route = route_;
    detail.started = started_;
    detail.answered = answered_;
    detail.ended = turn.now;
    detail.outcome = meter_.outcome();
    detail.code = meter_.code();
    detail.originated = origination_ != nullptr;
    detail.ended_by = meter_.ended_by();
    detail.cause = meter_.cause();
    detail.renegotiations = renegotiations_;
    detail.healed = meter_.healed;
    detail.a = detail_of(std::move(view.a), meter_.of(media::Side::a), quality_.a);
    if (view.b) { detail.b = detail_of(std::move(*view.b), meter_.of(media::Side::b), quality_.b); }
    turn.out.details.push_back(std::move(detail));
}

}  // namespace server
