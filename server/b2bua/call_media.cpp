// The call's media session: ports opened when a leg is first described, each leg described as agreed, and what each
// hears by the music rule (hold.hpp).
#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/setup.hpp"

namespace server {
namespace {

base::IpAddress media_address(const config::Config& config, const Leg& leg) {
    for (const auto& address : config.media.listen) {
        const bool fits = address.is_v6() == leg.own.ip.is_v6();
        if (fits && !address.is_unspecified()) { return address; }
    }
    return leg.own.ip;
}

}  // namespace

bool Call::open_media(Turn& turn, Leg& leg) {
    if (leg.ports) { return true; }
    if (!session_) {
        session_ = services_.engine.open_session(turn.now);
        services_.index.watch(session_, key_);
    }
    std::string why;
    leg.ports = services_.engine.open_leg(session_, leg.side, media_address(config(), leg), why);
    if (leg.ports) { return true; }
    log(turn, config::LogLevel::error, "media.no_port", {{"why", why}});
    return false;
}

bool Call::dialogs_confirmed() const { return state_ == State::up && !setup_; }

// What a peer wishes, as far as it is agreed: one that wishes to speak but has not been able to agree on it (it was
// held, and refused our offer to let it) will not be heard.
Direction Call::heard_wish(const Leg& peer) const {
    const auto& agreed = peer.offer_answer.agreed();
    const bool agrees = !agreed || !peer.slot || sip::sdp::receives(agreed_direction(*agreed, *peer.slot));
    return sip::sdp::make_direction(sip::sdp::sends(peer.wish) && agrees, sip::sdp::receives(peer.wish));
}

bool Call::music_may_play_to(const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr || !dialogs_confirmed()) { return false; }
    return server::music_may_play(heard_wish(*peer), peer->offerless_open, leg.hold(config()).when);
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
    if (peer == nullptr) { return media::Source::none; }
    if (!dialogs_confirmed()) { return media::Source::peer; }  // early media and what follows at once
    return source_for(heard_wish(*peer), peer->offerless_open, leg.hold(config()).when);
}

void Call::apply_media(Turn& turn) {
    if (!session_) { return; }
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg != nullptr && leg->ports) { apply_leg(turn, *leg); }
    }
    arm_media_timeouts(turn);
}

void Call::apply_leg(Turn& turn, Leg& leg) {
    const auto& agreed = leg.offer_answer.agreed();
    std::optional<media::LegDescription> plan;
    if (agreed && leg.slot) {
        plan = media_plan(*agreed, *leg.slot);
    } else if (setup_ && setup_->preview && leg.slot && leg.offer_answer.pending_offer() != nullptr) {
        plan = media_plan(sip::sdp::Agreed{*leg.offer_answer.pending_offer(), *setup_->preview}, *leg.slot);
    }
    if (!plan) { return; }
    const media::Source source = source_of(leg);
    const bool ends_music = source == media::Source::peer || source == media::Source::none;
    // Music stops before the leg is told that it hears again, and starts where the leg is by now.
    if (ends_music) { play_to(turn, leg, source); }
    if (!leg.is_described || !(*plan == leg.described)) {
        services_.engine.describe(turn.now, session_, leg.side, *plan);
        leg.described = *plan;
        leg.is_described = true;
    }
    play_to(turn, leg, source);
}

void Call::play_to(Turn& turn, Leg& leg, media::Source source) {
    if (source == leg.source) { return; }
    leg.source = source;
    const auto& hold = leg.hold(config());
    const bool shared = hold.position == config::MusicPosition::shared;
    services_.engine.play(turn.now, session_, leg.side, source,
                          {hold.music, shared ? media::MusicPosition::shared : media::MusicPosition::start});
}

// Armed only for a side that promised to send, and never while somebody holds: silence is what holding means.
void Call::arm_media_timeouts(Turn& turn) {
    bool held = false;
    for (const Leg* leg : {a_.get(), b_.get()}) {
        held = held || (leg != nullptr && (holds(leg->wish) || leg->offerless_open));
    }
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr || !leg->is_described) { continue; }
        const bool wanted = !held && dialogs_confirmed() && leg->described.receive;
        const base::Duration after = wanted ? leg->media_timeout(config()) : base::Duration::zero();
        if (after == leg->armed) { continue; }
        leg->armed = after;
        services_.engine.arm_timeout(turn.now, session_, leg->side, after);
    }
}

void Call::on_media_event(Turn& turn, const media::EngineEvent& event) {
    if (event.kind == media::EngineEvent::Kind::music_started) {
        if (music_asked_) { services_.counters.music_start.observe(event.at - *music_asked_); }
        music_asked_.reset();
        if (app_ != App::none) { return; }
        return log(turn, config::LogLevel::info, "music.started", {{"leg", std::string{letter(event.side)}}});
    }
    if (state_ != State::up) { return; }
    log(turn, config::LogLevel::warn, "call.media_timeout", {{"leg", std::string{letter(event.side)}}});
    end(turn, "SIP;cause=408;text=\"media timeout\"");
}

}  // namespace server
