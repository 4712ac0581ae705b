// The call's media session: ports opened when a leg is first described, each leg described as agreed, and what each
// hears by the music rule (hold.hpp).
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"

namespace server {
namespace {

// The operator holds the other leg, and not this one.
bool hears_nothing(const Leg& leg, const Leg& peer) { return peer.held_here && !leg.held_here; }

// SIP.js goes on sending its microphone while it holds: that is no music of its own.
config::HoldWhen when_held_by(const Leg& peer, config::HoldWhen when) {
    return peer.webrtc && when != config::HoldWhen::never ? config::HoldWhen::always : when;
}

// Its offer to hold is open: the other leg has not answered yet.
bool asks_for_hold(const Leg& peer) {
    return peer.offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer && holds(peer.pending_wish);
}

}  // namespace

void Call::open_session(Turn& turn) {
    if (session_) { return; }
    session_ = services_.engine.open_session(turn.now);
    services_.index.watch(session_, key_);
}

bool Call::open_media(Turn& turn, Leg& leg) {
    if (leg.ports) { return true; }
    open_session(turn);
    std::string why;
    if (leg.open_media(turn.now, services_, session_, config(), why)) { return true; }
    log(turn, config::LogLevel::error, "media.no_port", {{"why", why}});
    return false;
}

bool Call::dialogs_confirmed() const { return state_ == State::up && !setup_; }

// What a peer wishes, as far as it is agreed: one that wishes to speak but has not been able to agree on it (it was
// held, and refused our offer to let it) will not be heard. Nor will anybody by a leg that the operator holds.
Direction Call::heard_wish(const Leg& peer) const {
    if (const Leg* hearer = other(peer); hearer != nullptr && hearer->held_here) { return Direction::inactive; }
    const auto& agreed = peer.offer_answer.agreed();
    const bool agrees = !agreed || !peer.slot || sip::sdp::receives(agreed_direction(*agreed, *peer.slot));
    return sip::sdp::make_direction(sip::sdp::sends(peer.wish) && agrees, sip::sdp::receives(peer.wish));
}

bool Call::music_may_play_to(const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr || !dialogs_confirmed() || hears_nothing(leg, *peer)) { return false; }
    const auto when = when_held_by(*peer, leg.hold(config()).when);
    return server::music_may_play(heard_wish(*peer), peer->offerless_open, when);
}

media::Source Call::source_of(const Leg& leg) const {
    switch (app_) {
        case App::music:
            return media::Source::music;
        case App::echo:
            return media::Source::echo;
        case App::milliwatt:
            return media::Source::milliwatt;
        case App::none:
            break;
    }
    const Leg* peer = other(leg);
    if (peer == nullptr || leg.over) { return media::Source::none; }
    const bool waits = transfer_ && !transfer_->given_up && !transfer_->invited;
    if (waits && leg.side != transfer_->from) { return media::Source::server; }
    if (!dialogs_confirmed()) { return media::Source::peer; }  // early media and what follows at once
    if (hears_nothing(leg, *peer)) { return media::Source::none; }
    const auto when = when_held_by(*peer, leg.hold(config()).when);
    const auto source = source_for(heard_wish(*peer), peer->offerless_open, when);
    if (source == media::Source::peer && asks_for_hold(*peer) &&
        server::music_may_play(peer->pending_wish, false, when)) {
        return media::Source::peer_or_music;  // it may well have stopped sending before this leg knows why
    }
    return wants_music_server(leg) ? from_music_server(source) : source;
}

void Call::apply_media(Turn& turn) {
    const bool is_elsewhere = (setup_ && setup_->aside) || (b_ && b_->apart);  // it follows nobody, or another dialog
    if (!session_ || is_elsewhere) { return; }
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg != nullptr && leg->ports) { apply_leg(turn, *leg); }
    }
    apply_streams(turn);
    arm_media_timeouts(turn);
}

void Call::apply_leg(Turn& turn, Leg& leg) {
    const auto& agreed = leg.offer_answer.agreed();
    std::optional<media::LegDescription> plan;
    if (agreed && leg.slot) {
        plan = leg.plan_media(turn.now, services_);
    } else if (leg.preview && leg.slot && leg.offer_answer.pending_offer() != nullptr) {
        plan = media_plan(sip::sdp::Agreed{*leg.offer_answer.pending_offer(), *leg.preview}, *leg.slot);
    }
    if (!plan) { return; }
    plan->strangers = leg.strangers;
    plan->account = leg.trunk_name();
    // Music that ends does so before a description can let a packet of it out; music that begins has it first.
    const media::Source source = source_of(leg);
    if (!media::plays_tune(source)) { play(turn, leg, source); }
    if (!leg.is_described || !(*plan == leg.described)) {
        services_.engine.describe(turn.now, session_, leg.side, *plan);
        leg.described = *plan;
        leg.is_described = true;
    }
    play(turn, leg, source);
    note_heard(turn, leg);
    apply_music_server(turn, leg);
}

// A holder may stop sending with its offer, and far take seconds to answer that: meanwhile it does not hear nothing.
void Call::fill_silence_before(Turn& turn, const Leg& holder) {
    Leg* far = other(holder);
    if (far == nullptr || !far->is_described || !dialogs_confirmed() || !asks_for_hold(holder)) { return; }
    play(turn, *far, source_of(*far));
}

void Call::play(Turn& turn, Leg& leg, media::Source source) {
    if (source == leg.source) { return; }
    leg.source = source;
    const auto& hold = leg.hold(config());
    const bool shared = hold.position == config::MusicPosition::shared;
    services_.engine.play(turn.now, session_, leg.side, source,
                          {hold.music, shared ? media::MusicPosition::shared : media::MusicPosition::start});
}

// Who hears what, for the record, each time that it changes; but not that somebody's silence would be filled in while
// far is asked about a hold: mostly it answers before that matters.
void Call::note_heard(const Turn& turn, Leg& leg) {
    const media::Source heard = leg.described.send ? leg.source : media::Source::none;
    const Leg* peer = other(leg);
    const bool may_pass = heard == media::Source::peer_or_music && leg.heard == media::Source::peer;
    if (heard == leg.heard || (may_pass && peer != nullptr && asks_for_hold(*peer))) { return; }
    leg.heard = heard;
    const bool stops = std::exchange(leg.music, leg.music && media::plays_tune(heard)) && !media::plays_tune(heard);
    const std::string what = words::hears(leg, other(leg), heard);
    record_.note_media(turn.now, leg.side, stops ? "music to " + words::peer(leg) + " stops: " + what : what);
}

// Armed only for a side that promised to send, and never while somebody holds: silence is what holding means.
void Call::arm_media_timeouts(Turn& turn) {
    bool held = is_held_here();
    for (const Leg* leg : {a_.get(), b_.get()}) {
        held = held || (leg != nullptr && (holds(leg->wish) || leg->offerless_open));
    }
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr || !leg->is_described) { continue; }
        const bool wanted = !held && !transfer_ && !leg->over && dialogs_confirmed() && leg->described.receive;
        const base::Duration after = wanted ? leg->media_timeout(config()) : base::Duration::zero();
        if (after == leg->armed) { continue; }
        leg->armed = after;
        services_.engine.arm_timeout(turn.now, session_, leg->side, after);
    }
}

// A browser's transport. Who has come in vain, or is somebody else than its description says, is not left to wait.
void Call::on_transport_event(Turn& turn, const media::EngineEvent& event) {
    const Leg* of = leg(event.side);
    if (of == nullptr || state_ == State::ending) { return; }
    const std::string side{letter(event.side)};
    if (event.kind == media::EngineEvent::Kind::transport_up) {
        record_.note_media(event.at, event.side, "ICE and DTLS with " + words::peer(*of) + " are done: media flows");
        return log(turn, config::LogLevel::info, "media.transport_up", {{"leg", side}});
    }
    const std::string why{media::label(event.failure)};
    record_.note_media(event.at, event.side, words::transport_failed(*of, event.failure));
    log(turn, config::LogLevel::warn, "media.transport_failed", {{"leg", side}, {"why", why}});
    if (is_target(event.side)) { return fail_transfer(turn, 488, words::transport_failed(*of, event.failure)); }
    const bool rings_on = event.side == media::Side::b && setup_ && !setup_->answered_by_b && !devices_->empty();
    if (rings_on) { return devices_->give_up(turn, 488, words::transport_failed(*of, event.failure)); }
    state_ == State::up ? end(turn, "SIP;cause=488;text=\"media transport failed: " + why + "\"")
                        : hang_up(turn, "media transport failed: " + why);
}

void Call::on_media_event(Turn& turn, const media::EngineEvent& event) {
    using Kind = media::EngineEvent::Kind;
    if (event.kind == Kind::transport_up || event.kind == Kind::transport_failed) {
        return on_transport_event(turn, event);
    }
    if (event.kind == media::EngineEvent::Kind::music_started) {
        if (app_ != App::none) { return; }
        Leg& leg = event.side == media::Side::a ? *a_ : *b_;
        const auto delay = leg.music_start.on_started(event.at, hears_music_alone(leg));
        if (delay) { services_.counters.music_start.observe(*delay); }
        leg.music = true;
        record_.note_media(event.at, event.side, "music to " + words::peer(leg) + " starts");
        log(turn, config::LogLevel::info, "music.started", {{"leg", std::string{letter(event.side)}}});
        return state_ == State::up ? apply_music_server(turn, leg) : void();
    }
    if (event.kind == media::EngineEvent::Kind::digit) {
        const Leg* from = leg(event.side);
        return from == nullptr ? void() : pass_digit(turn, *from, event.digit);
    }
    if (event.kind == media::EngineEvent::Kind::music_stopped) {
        if (app_ != App::none) { return; }
        (event.side == media::Side::a ? *a_ : *b_).music = false;
        return log(turn, config::LogLevel::info, "music.stopped", {{"leg", std::string{letter(event.side)}}});
    }
    if (state_ != State::up) { return; }
    const Leg& silent = event.side == media::Side::a ? *a_ : *b_;
    record_.note_media(event.at, event.side, words::fell_silent(silent));
    log(turn, config::LogLevel::warn, "call.media_timeout", {{"leg", std::string{letter(event.side)}}});
    end(turn, "SIP;cause=408;text=\"media timeout\"");
}

}  // namespace server
