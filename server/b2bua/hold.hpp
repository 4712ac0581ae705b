// Who hears whom: directions out of what each peer wants (RFC 3264 §6.1), and the music rule. Pure functions.
// A wish is a direction from the peer's own point of view: a peer that holds wishes sendonly or inactive.
#pragma once

#include "config/config.hpp"
#include "media/engine.hpp"
#include "sip/sdp/direction.hpp"

namespace server {

using sip::sdp::Direction;

// The most that we may say towards a peer of this wish, in an offer or an answer: we send what the other peer sends, or
// music; we receive what the other peer wants to hear.
constexpr Direction ours_towards(Direction wish, Direction other_wish, bool music) {
    const bool send = sip::sdp::receives(wish) && (sip::sdp::sends(other_wish) || music);
    const bool receive = sip::sdp::sends(wish) && sip::sdp::receives(other_wish);
    return sip::sdp::make_direction(send, receive);
}

// A peer's wish after it answered an offer of ours: where our offer left it no choice, it still wishes what it did.
constexpr Direction wish_after_answer(Direction before, Direction our_offer, Direction answer) {
    const bool send = sip::sdp::receives(our_offer) ? sip::sdp::sends(answer) : sip::sdp::sends(before);
    const bool receive = sip::sdp::sends(our_offer) ? sip::sdp::receives(answer) : sip::sdp::receives(before);
    return sip::sdp::make_direction(send, receive);
}

// The wish behind a fresh offer in a 2xx to our offerless re-INVITE. A peer that we hold may go on offering only what
// it has: what we took away is not its wish.
constexpr Direction wish_after_fresh_offer(Direction before, Direction ours_in_force, Direction offer) {
    const bool send = sip::sdp::sends(offer) || (!sip::sdp::receives(ours_in_force) && sip::sdp::sends(before));
    const bool receive = sip::sdp::receives(offer) || (!sip::sdp::sends(ours_in_force) && sip::sdp::receives(before));
    return sip::sdp::make_direction(send, receive);
}

// Sendonly or inactive (0.0.0.0 has become one of them): the peer holds.
constexpr bool holds(Direction wish) { return !sip::sdp::receives(wish); }

// Will a peer hear music instead of the other, whose wish this is? `offerless`: a re-INVITE without SDP of the other is
// open and its answer will tell.
constexpr bool music_may_play(Direction other_wish, bool offerless, config::HoldWhen when) {
    if (when == config::HoldWhen::never) { return false; }
    return offerless || !sip::sdp::sends(other_wish) || (holds(other_wish) && when != config::HoldWhen::trust);
}

// What a confirmed leg hears, given what the other peer wishes.
constexpr media::Source source_for(Direction other_wish, bool offerless, config::HoldWhen when) {
    if (!music_may_play(other_wish, offerless, when)) {
        return sip::sdp::sends(other_wish) ? media::Source::peer : media::Source::none;
    }
    const bool own_source = sip::sdp::sends(other_wish) && !offerless;  // sendonly: music of its own, maybe
    return own_source && when == config::HoldWhen::automatic ? media::Source::peer_or_music : media::Source::music;
}

// The same where a music server plays the music.
constexpr media::Source from_music_server(media::Source source) {
    switch (source) {
        case media::Source::music:
            return media::Source::server;
        case media::Source::peer_or_music:
            return media::Source::peer_or_server;
        default:
            return source;
    }
}

}  // namespace server
