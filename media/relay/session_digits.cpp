// Telephone events that cannot go from one leg to the other as they are (RFC 4733).
#include <algorithm>
#include <array>
#include <memory>

#include "media/relay/session.hpp"

namespace media {

void Session::send_digit(base::Instant now, Side to, const Digit& digit) {
    if (is_music_leg(to) || !leg(to).media_target() || !leg(to).payloads.number(Codec::telephone_event)) { return; }
    if (!leg(to).digits) { leg(to).digits = std::make_unique<DigitPlayer>(); }
    leg(to).digits->push(now, digit);
    play_digits(now, to);
}

// What the other leg has no telephone events for, the server tells it in another way.
void Session::note_digit(base::Instant now, Side side, Leg& from, const Media& media) noexcept {
    const bool is_event = media.codec == Codec::telephone_event;
    const auto digit = is_event ? from.pressed.on_event(media.view.header, media.payload()) : from.pressed.on_speech();
    const Leg& far = leg(other(side));
    const bool lacks = far.described && far.hears(SourceKind::peer) && !far.payloads.number(Codec::telephone_event);
    if (digit && lacks) { events_.raise({EngineEvent::Kind::digit, side, *digit, now}); }
}

void Session::play_digits(base::Instant now, Side side) noexcept {
    if (!leg(side).digits) { return; }
    while (const auto packet = leg(side).digits->take_due(now)) { send_event(now, side, *packet); }
}

// All packets of an event have the timestamp of its beginning (§2.5.1.2).
void Session::send_event(base::Instant now, Side side, const DigitPlayer::Packet& packet) noexcept {
    Leg& to = leg(side);
    const auto target = to.media_target();
    const auto number = to.payloads.number(Codec::telephone_event);
    if (!target || !number) { return; }
    RtpHeader in;
    in.marker = packet.number == 0;
    in.sequence = packet.number;
    auto header = to.rewriter.place(now, SourceKey{SourceKind::digits, packet.digit}, in, 0);
    if (!header) { return; }
    header->payload_type = *number;
    std::array<std::byte, rtp_header_size + ExtensionBlock::max_size + sizeof(packet.payload)> room;
    const std::size_t head = to.head_size(std::nullopt);
    const auto datagram = std::span{room}.first(head + packet.payload.size());
    to.write_head(datagram, now, *header, std::nullopt);
    std::ranges::copy(packet.payload, datagram.begin() + static_cast<std::ptrdiff_t>(head));
    send_rtp(side, *target, datagram);
}

}  // namespace media
