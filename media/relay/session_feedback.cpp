// What who receives a stream asks of its sender (RFC 4585): packets that are still here are sent again from here, all
// else is asked of the other leg's peer.
#include <bit>
#include <utility>

#include "media/relay/session.hpp"

namespace media {
namespace {

// What is left of `nack` once what `serve` can serve is; nullopt: nothing.
template <class Serve>
std::optional<Nack> rest_of(const Nack& nack, Serve serve) noexcept {
    constexpr unsigned named = 17;  // the first one and the sixteen behind it
    const std::uint32_t asked = std::uint32_t{nack.following} << 1 | 1U;
    std::uint32_t missing = 0;
    for (unsigned i = 0; i < named; ++i) {
        const bool is_asked = (asked >> i & 1U) != 0;
        if (is_asked && !serve(static_cast<std::uint16_t>(nack.first + i))) { missing |= 1U << i; }
    }
    if (missing == 0) { return std::nullopt; }
    const int served = std::countr_zero(missing);
    return Nack{static_cast<std::uint16_t>(nack.first + served), static_cast<std::uint16_t>(missing >> served >> 1)};
}

}  // namespace

void Session::take_feedback(base::Instant now, Side side, Leg& from, const RtcpView& view) noexcept {
    Feedback asked = read_feedback(view, from.rewriter.ssrc());
    if (from.sent) { repeat_sent(now, side, from, asked); }
    pass_feedback(side, from, asked);
}

// Leaves in `asked` what was never here, or is no longer.
void Session::repeat_sent(base::Instant now, Side side, Leg& to, Feedback& asked) noexcept {
    const auto nacks = std::exchange(asked.nacks, {});
    for (const Nack& nack : nacks) {
        const auto repeat = [&](std::uint16_t sequence) { return repeat_packet(now, side, to, sequence); };
        if (const auto rest = rest_of(nack, repeat)) { asked.nacks.push_back(*rest); }
    }
}

// False: it is not here. To whom nothing may be sent now, nobody else needs to send it either.
bool Session::repeat_packet(base::Instant now, Side side, Leg& to, std::uint16_t sequence) noexcept {
    const auto target = to.media_target();
    if (!target) { return true; }
    const auto packet = to.sent->repeat(now, sequence, to.reporter.round_trip());
    if (packet && !packet->empty()) { put_out(side, *target, *packet); }
    return packet.has_value();
}

// What a peer asks of us as the sender, the other leg's peer is asked by us: only that can answer it. How much room
// there is for what it is sent is asked of nobody who does not know the question.
void Session::pass_feedback(Side side, const Leg& from, const Feedback& feedback) noexcept {
    const Leg& sender = leg(other(side));
    const bool may_ask = sender.feedback && sender.received.any() && from.hears(SourceKind::peer);
    Feedback asked = feedback;
    if (!may_ask || !from.estimates || !sender.estimates) { asked.estimate.reset(); }
    if (feedback.estimate && tallies_ != nullptr) {
        ++(asked.estimate ? tallies_->estimates.passed : tallies_->estimates.dropped);
    }
    if (!may_ask) { return; }
    asked.nacks.clear();
    for (const Nack& nack : feedback.nacks) {
        if (const auto first = from.rewriter.original(nack.first)) { asked.nacks.push_back({*first, nack.following}); }
    }
    if (asked.any()) { ask(other(side), asked); }
}

// Whoever is shown something only now can make nothing of it before the next key frame (RFC 4585 §6.3.1), which may be
// far away.
void Session::begin_picture(Side to) noexcept {
    leg(to).shown_anew = false;
    const Leg& sender = leg(other(to));
    if (!sender.feedback) { return; }
    Feedback asked;
    asked.picture_loss = true;
    ask(other(to), asked);
}

// The peer of `side`, about what it sends.
void Session::ask(Side side, const Feedback& asked) noexcept {
    const Leg& sender = leg(side);
    const auto route = sender.rtcp_route();
    if (!route) { return; }
    FeedbackBuffer buffer;
    const auto datagram =
        write_feedback(asked, sender.rewriter.ssrc(), sender.received.ssrc(), sender.reporter.cname(), buffer);
    send_rtcp(side, *route, datagram);
}

}  // namespace media
