// What a leg hears when it is not the other leg alone: tunes, the milliwatt, and when music fills the other's silence.
#include <algorithm>
#include <array>
#include <utility>

#include "media/music/milliwatt.hpp"
#include "media/relay/session.hpp"

namespace media {

namespace {

// Be it ours or of the music server.
bool may_hear_music(const Leg& leg) {
    return plays_tune(leg.source) && leg.media_target() && leg.payloads.preferred_audio();
}

bool have_same_sender(Source one, Source other) {
    constexpr std::array senders{SourceKind::peer, SourceKind::server, SourceKind::echo};
    const auto hears = [](Source source, SourceKind sender) { return is_heard(sender, source); };
    const bool any = std::any_of(senders.begin(), senders.end(),
                                 [&](SourceKind sender) { return hears(one, sender) && hears(other, sender); });
    const bool none = std::none_of(senders.begin(), senders.end(),
                                   [&](SourceKind sender) { return hears(one, sender) || hears(other, sender); });
    return any || none;
}

// How long it has the word by what was heard of it; the beginning of time: it has not been heard.
base::Instant heard_until(const Leg* trusted) {
    const bool heard = trusted != nullptr && trusted->receive && trusted->last_audible != base::Instant::min();
    return heard ? trusted->last_audible + Session::silence_before_music : base::Instant::min();
}

}  // namespace

void Session::play(base::Instant now, Side to, Source source, SharedTune tune, MusicPosition position) {
    if (is_music_leg(to)) { return; }
    Leg& hearer = leg(to);
    if (source == Source::milliwatt) { tune = hearer.source == source ? hearer.tune : make_milliwatt(); }
    const bool same_tune = tune && tune == hearer.tune;
    if (source != hearer.source) { change_source(to, source); }
    hearer.tune = std::move(tune);
    hearer.position = position;
    if (!same_tune) { hearer.player = Player{}; }
    update_music(now, to);
}

void Session::change_source(Side to, Source source) noexcept {
    Leg& hearer = leg(to);
    // What was said before somebody is trusted is no reason to end the music: it goes on until they are heard.
    Leg* const trusted = trusted_by(to, source);
    if (trusted != nullptr && hearer.hears_music) { trusted->last_audible = base::Instant::min(); }
    const bool same_packets = have_same_sender(source, hearer.source);
    if (!same_packets && !hearer.player.playing()) { hearer.rewriter.interrupt(); }
    hearer.source = source;
    hearer.shown_anew = true;
}

// Who is left the word first, as long as there is something to hear; nullptr: nobody.
const Leg* Session::trusted_by(Side side, Source source) const noexcept {
    if (is_heard(SourceKind::peer, source) && source != Source::peer) { return find(other(side)); }
    return source == Source::server ? find(music_leg(side)) : nullptr;
}

// From when on this leg is to hear music of ours: `never`, at once, or when who is trusted has been silent long enough.
base::Instant Session::music_from(Side side) const noexcept {
    const Leg& to = leg(side);
    if (!to.tune || !to.media_target() || !to.payloads.preferred_audio()) { return base::never; }
    const base::Instant until = heard_until(trusted_by(side, to.source));
    return to.source == Source::peer_or_server ? std::max(until, heard_until(find(music_leg(side)))) : until;
}

// A packet that has to give way to what is heard already: the tune, or of peer and music server the one that has the
// word.
bool Session::is_covered(base::Instant now, Side side, SourceKind sender, bool audible) const noexcept {
    const Leg& to = leg(side);
    if (to.plays_digits() || (to.player.playing() && !audible)) { return true; }
    if (to.source != Source::peer_or_server) { return false; }
    return sender == SourceKind::server ? heard_until(&leg(other(side))) > now : !audible && to.hears_music;
}

base::Instant Session::music_deadline(Side side) const noexcept {
    const base::Instant from = music_from(side);
    return from != base::never && leg(side).player.playing() ? leg(side).player.due() : from;
}

void Session::update_music(base::Instant now, Side side) noexcept {
    Leg& to = leg(side);
    if (music_from(side) > now) {
        to.player.stop();
        if (!may_hear_music(to)) { end_music(now, side); }
        return;
    }
    if (!plays_tune(to.source)) { end_music(now, side); }  // the milliwatt is none
    if (!to.player.playing()) { start_player(now, side); }
    while (const auto frame = to.player.take_due(now)) { send_frame(now, side, *frame); }
}

void Session::start_player(base::Instant now, Side side) noexcept {
    Leg& to = leg(side);
    const bool shared = to.position == MusicPosition::shared;
    to.player.start(now,
                    shared ? static_cast<std::uint64_t>(now.time_since_epoch() / frame_duration) : to.player.place());
    ++to.player_starts;
    to.player_packets = 0;
}

void Session::begin_music(base::Instant now, Side side) noexcept {
    if (std::exchange(leg(side).hears_music, true)) { return; }
    events_.raise({EngineEvent::Kind::music_started, side, {}, now});
}

void Session::end_music(base::Instant now, Side side) noexcept {
    if (!std::exchange(leg(side).hears_music, false)) { return; }
    events_.raise({EngineEvent::Kind::music_stopped, side, {}, now});
}

void Session::send_frame(base::Instant now, Side side, const Player::Frame& frame) noexcept {
    Leg& to = leg(side);
    if (to.plays_digits()) { return; }
    const Codec codec = *to.payloads.preferred_audio();
    RtpHeader in;
    in.marker = frame.after_gap;
    in.sequence = to.player_packets++;
    in.timestamp = static_cast<std::uint32_t>(frame.number * frame_samples);
    auto header = to.rewriter.place(now, SourceKey{SourceKind::player, to.player_starts}, in, frame_samples);
    if (!header) { return; }
    header->payload_type = *to.payloads.number(codec);
    std::array<std::byte, rtp_header_size + ExtensionBlock::max_size + frame_samples> room;
    const std::size_t head = to.head_size(std::nullopt);
    const auto datagram = std::span{room}.first(head + frame_samples);
    to.write_head(datagram, now, *header, std::nullopt);
    std::ranges::copy(to.tune->frame(codec, frame.place), datagram.begin() + static_cast<std::ptrdiff_t>(head));
    send_rtp(side, *to.media_target(), datagram);
    if (plays_tune(to.source)) { begin_music(now, side); }
}

}  // namespace media
