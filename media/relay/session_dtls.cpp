// Legs that are keyed by DTLS-SRTP (RFC 5764 §5): their handshakes go over the port of RTP, beside the media (RFC
// 7983).
#include "media/relay/session.hpp"

namespace media {

// Without a context of the program, or without the library's help, the leg stays mute: never in the clear.
void Session::associate(base::Instant now, Side side, Leg& leg, const LegDescription& description) {
    if (dtls_ == nullptr) { return; }
    if (!leg.association) { leg.association = std::make_unique<LegAssociation>(*dtls_, handshakes_); }
    LegAssociation::Datagrams out;
    leg.association->describe(now, *description.dtls, out);
    leg.take_keys(now);
    if (const auto target = leg.rtp.target()) { send_dtls(side, *target, out); }
}

// Who it comes from is looked at first. Nothing is learnt of it: the media that it makes possible tells where its peer
// is, and is authentic.
Drop Session::take_dtls(base::Instant now, Side side, Leg& from, Component component, const base::Endpoint& source,
                        std::span<const std::byte> datagram) noexcept {
    if (!from.described) { return Drop::port_closed; }
    if (!from.association || component != Component::rtp) { return Drop::dtls; }
    if (!from.may_come_from(now, component, source)) { return Drop::unknown_source; }
    LegAssociation::Datagrams out;
    from.association->on_datagram(now, datagram, out);
    from.take_keys(now);
    send_dtls(side, source, out);
    return from.association->failure() == DtlsFailure::none ? Drop::none : Drop::dtls;
}

void Session::serve_dtls(base::Instant now, Side side, Leg& due) noexcept {
    LegAssociation::Datagrams out;
    due.association->on_timeout(now, out);
    if (const auto target = due.rtp.target()) { send_dtls(side, *target, out); }
}

void Session::dissociate(Side side, Leg& leg) noexcept {
    LegAssociation::Datagrams out;
    leg.association->close(out);
    if (const auto target = leg.rtp.target()) { send_dtls(side, *target, out); }
    leg.association.reset();
}

void Session::send_dtls(Side side, const base::Endpoint& to, const LegAssociation::Datagrams& datagrams) noexcept {
    for (const auto& datagram : datagrams) { sink_->send(side, Component::rtp, to, datagram); }
}

}  // namespace media
