// Music from outside for a leg that is held: `hold.music: sip:…` (RFC 7088). The built-in tune plays until the server
// does, and again when it fails.
#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"

namespace server {
namespace {

constexpr std::string_view resumed = "SIP;cause=200;text=\"call resumed\"";
constexpr std::string_view ended = "SIP;cause=200;text=\"call ended\"";

bool is_uri(std::string_view music) { return music.starts_with("sip:"); }

}  // namespace

std::unique_ptr<MusicServer>& Call::music_server(media::Side held) {
    return music_servers_[held == media::Side::a ? 0 : 1];
}

MusicServer* Call::music_server_of(media::Side side) {
    return media::is_music_leg(side) ? music_server(media::other(side)).get() : nullptr;
}

// Not for a re-INVITE without SDP that may well be a refresh, nor for a peer that is about to be heard: the built-in
// tune bridges both, unless the server plays by then. Nor while the leg is asked for the offer that the server is to
// answer.
bool Call::wants_music_server(const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr) { return false; }
    const Direction theirs = leg.held_here ? Direction::inactive : peer->wish;
    if (!server::music_may_play(theirs, false, leg.hold(config()).when)) { return false; }
    const auto& agreed = leg.offer_answer.agreed();
    const bool listens = agreed && leg.slot && sip::sdp::sends(agreed_direction(*agreed, *leg.slot));
    const auto& server = music_servers_[leg.side == media::Side::a ? 0 : 1];
    const bool plays = server && server->state() == MusicServer::State::playing;
    return listens && state_ == State::up && app_ == App::none && (!peer->offerless_open || plays) &&
           !negotiation_.fetches_source(leg.side) && !leg.music_server_failed && is_uri(leg.hold(config()).music);
}

void Call::apply_music_server(Turn& turn, Leg& leg) {
    if (transfer_) { return; }  // what it hears now is the target's affair
    auto& server = music_server(leg.side);
    if (server && server->state() == MusicServer::State::gone) { server.reset(); }
    if (negotiation_.fetches_source(leg.side)) { return; }
    const bool shares = leg.source == media::Source::peer_or_server;
    if (leg.source != media::Source::server && !shares) {
        leg.music_server_failed = leg.music_server_failed && media::plays_tune(leg.source);
        if (server) { server->leave(turn, resumed); }
        return;
    }
    const bool is_needed = !shares || leg.music;  // not while the holder plays itself
    if (!server && is_needed) { call_music_server(turn, leg, leg.agreed_formats(leg.codecs(config()))); }
}

void Call::call_music_server(Turn& turn, Leg& held, const Formats& preferred) {
    auto& server = music_server(held.side);
    server = std::make_unique<MusicServer>(held.side, session_, key_, *snapshot_, services_, record_);
    server->start(turn, held.hold(config()).music, preferred);
    after_music_server(turn, held.side);
}

// `hold.method: rfc7088`: instead of being told of the hold, far is asked for an offer that the music server answers.
bool Call::holds_by_music_server(const Leg& far) const {
    const auto& hold = far.hold(config());
    return hold.method == config::HoldMethod::rfc7088 && is_uri(hold.music) && !far.refuses.contains("offerless");
}

bool Call::is_held(const Leg& leg) const {
    const Leg* peer = other(leg);
    return leg.held_here || (peer != nullptr && holds(peer->wish));
}

// Nobody holds it any more.
void Call::drop_source_of(const Leg& leg) {
    if (!is_held(leg)) { negotiation_.drop_source(leg.side); }
}

// §2.3: the music server is called with what far has just offered to speak. One that is being called is waited for.
void Call::ask_source(Turn& turn, Leg& far) {
    const auto& offer = *far.offer_answer.pending_offer();
    const auto& server = music_server(far.side);
    const bool wanted = is_held(far) && !far.music_server_failed;
    if (wanted && !server) {
        return call_music_server(turn, far, usable_formats(offer.media[*far.slot], far.codecs(config())));
    }
    if (wanted && server->is_being_called()) { return; }
    Negotiation::Actions actions;
    negotiation_.on_source(actions);
    for (const auto& action : actions) { run_one(turn, action, {}); }
}

void Call::acknowledge_source(Turn& turn, Leg& far) {
    take_wish_of_offer(far);
    const auto& server = music_server(far.side);
    const Leg* source = server ? server->leg() : nullptr;
    const Formats preferred =
        source != nullptr ? source->agreed_formats(source->codecs(config())) : far.agreed_formats(far.codecs(config()));
    far.send_ack(turn, services_, answer_for(turn, far, direction_for(far), preferred));
    apply_media(turn);
}

// After an event of a music server: has it failed?
void Call::after_music_server(Turn& turn, media::Side held) {
    auto& server = music_server(held);
    Leg* leg = held == media::Side::a ? a_.get() : b_.get();
    if (!server || leg == nullptr) { return; }
    const bool failed = !server->failure().empty();
    if (failed && !leg->music_server_failed) {
        leg->music_server_failed = true;
        ++services_.counters.music_server_failures;
        log(turn, config::LogLevel::warn, "music.server_failed",
            {{"leg", std::string{letter(held)}}, {"why", server->failure()}});
    }
    const bool settled = failed || server->state() == MusicServer::State::playing;
    if (server->state() == MusicServer::State::gone) { server.reset(); }
    apply_media(turn);
    if (!settled) { return; }
    Negotiation::Actions actions;
    negotiation_.on_source(actions);
    run(turn, std::move(actions));
}

void Call::leave_music_servers(Turn& turn) {
    for (auto& server : music_servers_) {
        if (server) { server->leave(turn, ended); }
    }
}

bool Call::music_servers_over() const {
    for (const auto& server : music_servers_) {
        if (server && server->state() == MusicServer::State::leaving) { return false; }
    }
    return true;
}

}  // namespace server
