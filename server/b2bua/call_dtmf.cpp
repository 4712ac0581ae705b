// Keys that are pressed on one leg and reach the other in another way, as the one has telephone events (RFC 4733) and
// the other has not: then an INFO says it (renegotiation.md E.5). Where both have them, packets and INFO cross as they
// are. A browser counts as one that has not (media_plan.cpp).
#include <algorithm>

#include "server/b2bua/call.hpp"
#include "sip/message/dtmf_info.hpp"

namespace server {
namespace {

bool has_events(const media::LegDescription& leg) {
    const auto& formats = leg.send_formats;
    return std::any_of(formats.begin(), formats.end(), [](const media::PayloadFormat& format) {
        return format.codec == media::Codec::telephone_event;
    });
}

}  // namespace

void Call::pass_digit(Turn& turn, const Leg& from, const media::Digit& digit) {
    Leg* to = other(from);
    if (to == nullptr || to->over || !to->dialog || !dialogs_confirmed()) { return; }
    auto info = sip::Message::request(sip::Method::info, {});
    info.set_body(sip::dtmf_relay_type, sip::write_dtmf_info({digit.event, digit.duration}));
    pass_on(turn, Relayed{{}, {}, from.side, std::move(info)}, *to);
}

// True: this INFO has been served here.
bool Call::take_digit(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request) {
    const Leg* far = other(near);
    const bool differ = far != nullptr && !far->over && has_events(far->described) && !has_events(near.described);
    if (!differ || state_ != State::up) { return false; }
    const auto key = sip::read_dtmf_info(request.first(sip::HeaderId::content_type).value_or(""), request.body());
    if (!key) { return false; }
    services_.engine.send_digit(turn.now, session_, far->side,
                                {key->event, std::chrono::duration_cast<media::Digit::Time>(key->duration)});
    near.respond(turn, services_, transaction, sip::make_response(request, 200, near.local_tag));
    return true;
}

}  // namespace server
