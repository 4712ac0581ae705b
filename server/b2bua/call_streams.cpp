// The streams beside the audio in offers and answers (renegotiation.md E.1): which of them a peer's description names,
// what that means for the other leg, and the lines that each leg is told. Directions follow from what both peers want
// (RFC 3264 §6.1); no music is played in them. Their media: call_stream_media.cpp.
#include <algorithm>

#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/sibling_lines.hpp"

namespace server {
namespace {

using Stand = Stream::Stand;

// Does the peer speak something else first than in its last description?
bool changes_format(const sip::sdp::Media& before, const sip::sdp::Media& now) {
    const Formats was = sip::sdp::formats_of(before);
    const Formats is = sip::sdp::formats_of(now);
    return was.empty() || is.empty() || !sip::sdp::same_meaning(was.front(), is.front());
}

const sip::sdp::LineLedger* ledger_of(const Leg& leg, std::size_t line) {
    const auto& lines = leg.offer_answer.ledger();
    return line < lines.size() ? &lines[line] : nullptr;
}

bool has_line(const Stream& stream, const Leg& leg) {
    const auto& line = stream.at(leg.side).line;
    return line && line != leg.slot;  // where the audio has moved to it, the stream is gone
}

bool is_live_on(const Stream& stream, const Leg& leg) {
    const auto& agreed = leg.offer_answer.agreed();
    return agreed && has_line(stream, leg) && is_live(*agreed, *stream.at(leg.side).line);
}

}  // namespace

// The lines of the peer's open offer. In a call with a built-in end none of them finds another leg.
void Call::take_streams(Leg& leg) { streams_.take(leg.side, *leg.offer_answer.pending_offer(), leg.slot); }

// What the peer's open offer changes in them.
StreamNews Call::news_of_streams(const Leg& leg) const {
    const Leg* far = other(leg);
    StreamNews news = StreamNews::none;
    if (far == nullptr) { return news; }
    for (const Stream& stream : streams_) { news = std::max(news, news_of_stream(stream, leg, *far)); }
    return news;
}

// A far leg that has neither taken it nor declined it for good is asked again.
StreamNews Call::news_of_stream(const Stream& stream, const Leg& leg, const Leg& far) const {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& agreed = leg.offer_answer.agreed();
    const auto& own = stream.at(leg.side);
    if (!has_line(stream, leg) || *own.line >= offer.media.size()) { return StreamNews::none; }
    const auto& line = offer.media[*own.line];
    if (!is_stream(line)) { return is_live_on(stream, leg) ? StreamNews::stream : StreamNews::none; }
    const bool same = own.stand == Stand::wanted && agreed && *own.line < agreed->remote.media.size() &&
                      !changes_format(agreed->remote.media[*own.line], line);
    const bool is_settled = is_live_on(stream, far) || stream.at(far.side).stand == Stand::declined;
    const Direction direction = shown_wish(far, whole_direction(offer, *own.line, agreed ? &agreed->local : nullptr));
    const bool heals = leg.renegotiation(config()).on_refusal == config::OnRefusal::heal;
    const bool refused = heals && far.refuses.contains("video") && !is_live_on(stream, far);
    if (same && direction == shown_wish(far, own.wish) && (is_settled || refused)) { return StreamNews::none; }
    if (refused) { return StreamNews::refused_before; }
    return same && is_settled ? StreamNews::direction : StreamNews::stream;
}

void Call::take_stream_wishes_of_offer(Leg& leg) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& agreed = leg.offer_answer.agreed();
    const bool fresh = leg.invite_out_offerless && leg.ack_owed;
    for (Stream& stream : streams_) {
        auto& own = stream.at(leg.side);
        if (!has_line(stream, leg) || *own.line >= offer.media.size()) { continue; }
        const auto& line = offer.media[*own.line];
        const bool live = is_stream(line);
        const bool was_on =
            agreed && *own.line < agreed->remote.media.size() && !agreed->remote.media[*own.line].is_disabled();
        if (!live && !was_on) { continue; }  // it only repeats what was made of it
        const Direction said = whole_direction(offer, *own.line, agreed ? &agreed->local : nullptr);
        const bool judged = fresh && own.stand == Stand::wanted && is_live_on(stream, leg);
        own.wish = judged ? wish_after_fresh_offer(own.wish, agreed_direction(*agreed, *own.line), said) : said;
        own.stand = live ? Stand::wanted : Stand::declined;
    }
}

void Call::take_stream_wishes_of_answer(Leg& leg) {
    const auto& agreed = *leg.offer_answer.agreed();
    for (Stream& stream : streams_) {
        auto& own = stream.at(leg.side);
        if (!has_line(stream, leg) || *own.line >= agreed.local.media.size()) { continue; }
        const auto& ours = agreed.local.media[*own.line];
        const auto& theirs = agreed.remote.media[*own.line];
        if (ours.is_disabled()) { continue; }  // it had no choice
        const Direction before = own.stand == Stand::wanted ? own.wish : Direction::sendrecv;
        own.stand = theirs.is_disabled() ? Stand::declined : Stand::wanted;
        own.wish = wish_after_answer(before, whole_direction(agreed.local, *own.line, &agreed.local),
                                     whole_direction(agreed.remote, *own.line, &agreed.local));
    }
}

// What this leg should be told by now; nullopt: that the stream is off. To a browser that is `inactive`, since its line
// could never come back.
std::optional<Direction> Call::wanted_direction(const Stream& stream, const Leg& leg) const {
    const auto wanted = shared_direction(stream, leg);
    const bool stays = !wanted && leg.webrtc && has_line(stream, leg) && is_live_on(stream, leg);
    return stays ? std::optional{Direction::inactive} : wanted;
}

std::optional<Direction> Call::shared_direction(const Stream& stream, const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr || !has_line(stream, *peer)) { return std::nullopt; }
    const auto& own = stream.at(leg.side);
    const auto& theirs = stream.at(peer->side);
    const bool refused = own.stand == Stand::declined || (leg.refuses.contains("video") && !is_live_on(stream, leg));
    if (theirs.stand != Stand::wanted || refused) { return std::nullopt; }
    // Off on the other leg, it is nothing that could be offered on this one: whoever wanted it was told no.
    const auto session = peer->in_force();
    const std::size_t line = *theirs.line;
    const bool described = session && line < session->remote.media.size() && is_stream(session->remote.media[line]);
    if (!described && !is_live_on(stream, leg)) { return std::nullopt; }
    const Direction wish = own.stand == Stand::wanted ? own.wish : Direction::sendrecv;
    return ours_towards(wish, shown_wish(leg, theirs.wish), false);
}

// What its offer is answered: only what the other peer has taken already. A browser gets what that may take yet, so
// that it need not be asked once more: its SIP.js may lose its tracks in a re-INVITE that it did not make.
std::optional<Direction> Call::answered_direction(const Stream& stream, const Leg& leg) const {
    const Leg* peer = other(leg);
    const auto session = peer == nullptr ? std::nullopt : peer->in_force();
    const bool taken = session && has_line(stream, *peer) && is_live(*session, *stream.at(peer->side).line);
    const auto shared = taken ? shared_direction(stream, leg) : std::nullopt;
    if (shared || !leg.webrtc) { return shared; }
    return may_be_taken(stream, leg) ? Direction::sendrecv : Direction::inactive;
}

bool Call::may_be_taken(const Stream& stream, const Leg& by_peer_of) const {
    const Leg* peer = other(by_peer_of);
    if (peer == nullptr || peer->over || peer->refuses.contains("video")) { return false; }
    return stream.at(peer->side).stand == Stand::unasked;
}

bool Call::streams_differ(const Leg& leg) const {
    const auto& agreed = *leg.offer_answer.agreed();
    for (const Stream& stream : streams_) {
        const auto wanted = wanted_direction(stream, leg);
        const bool live = is_live_on(stream, leg);
        if (live != wanted.has_value()) { return true; }
        if (!live) { continue; }
        const Direction told = agreed_direction(agreed, *stream.at(leg.side).line);
        // A browser that was promised more than comes of it is left alone (see answered_direction).
        if (leg.webrtc ? sip::sdp::intersect(told, *wanted) != *wanted : told != *wanted) { return true; }
    }
    return false;
}

// To the same offer as before: would it be answered as before?
bool Call::streams_answered_alike(const Leg& leg) const {
    const auto& agreed = *leg.offer_answer.agreed();
    for (const Stream& stream : streams_) {
        const auto answer = answered_direction(stream, leg);
        if (is_live_on(stream, leg) != answer.has_value()) { return false; }
        if (!answer) { continue; }
        if (whole_direction(agreed.local, *stream.at(leg.side).line, &agreed.local) != *answer) { return false; }
    }
    return true;
}

PlacedLines Call::stream_answers(Turn& turn, Leg& leg) {
    PlacedLines lines;
    const auto& offer = *leg.offer_answer.pending_offer();
    for (Stream& stream : streams_) {
        const auto direction = answered_direction(stream, leg);
        if (!direction || !has_line(stream, leg)) { continue; }
        const std::size_t index = *stream.at(leg.side).line;
        if (index >= offer.media.size() || !is_stream(offer.media[index])) { continue; }
        add_stream_answers(turn, leg, stream, *direction, lines);
    }
    return lines;
}

// Of all its lines, where a browser has several.
void Call::add_stream_answers(Turn& turn, Leg& leg, Stream& stream, Direction direction, PlacedLines& lines) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const std::size_t own = *stream.at(leg.side).line;
    for (const auto& [index, share] : split_answer(offer, own, direction, leg.last_local())) {
        auto answer = stream_answer(turn, leg, stream, index, share);
        if (!answer || answer->formats.empty()) { continue; }
        leg.dress_answer(*answer, offer, index, index == own ? stream.at(leg.side).ssrc : 0, config());
        lines.push_back({index, std::move(*answer)});
        if (sip::sdp::receives(share)) { stream.at(leg.side).speaks_on = index; }
    }
}

// Nullopt: no port is free. Only a browser is told of a stream that the other leg has not.
std::optional<sip::sdp::Media> Call::stream_answer(Turn& turn, Leg& leg, Stream& stream, std::size_t index,
                                                   Direction direction) {
    const auto& line = leg.offer_answer.pending_offer()->media[index];
    const Leg* peer = other(leg);
    const auto far = peer == nullptr ? std::nullopt : peer->in_force();
    const auto far_line = peer == nullptr ? std::nullopt : stream.at(peer->side).line;
    const bool taken = far && far_line && has_line(stream, *peer) && is_live(*far, *far_line);
    const bool opens = taken || direction != Direction::inactive;
    if (opens && !open_stream(turn, stream, leg)) { return std::nullopt; }
    const auto& ports = stream.at(leg.side).ports;
    const StreamFace face{leg.announced(ports ? ports->rtp : leg.ports->rtp), direction, leg.webrtc};
    if (!taken) { return promised_line(line, face, peer != nullptr && peer->webrtc); }
    return answered_line(line, leg.side, *far, *far_line, stream.numbers, ledger_of(leg, index), face);
}

// Where the other peer's offer is open, this leg is offered what that says; else what both want by now.
PlacedLines Call::stream_offers(Turn& turn, Leg& leg) {
    PlacedLines lines;
    const Leg* peer = other(leg);
    const auto* told = leg.told_lines();
    streams_.forget_from(leg.side, told != nullptr ? told->media.size() : 0);
    if (peer == nullptr) { return lines; }
    const bool relayed = peer->offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer;
    const auto session = relayed ? std::nullopt : peer->in_force();
    if (!relayed && !session) { return lines; }
    const sip::sdp::Session& theirs = relayed ? *peer->offer_answer.pending_offer() : session->remote;
    for (Stream& stream : streams_) {
        const auto& line = stream.at(peer->side).line;
        if (!has_line(stream, *peer) || *line >= theirs.media.size() || !is_stream(theirs.media[*line])) { continue; }
        if (!is_offered_on(stream, leg, relayed)) { continue; }
        add_stream_offers(turn, leg, stream, theirs, relayed, lines);
    }
    return lines;
}

// Does our open offer?
bool Call::turns_stream_on(const Leg& leg) const {
    const auto& offer = *leg.offer_answer.pending_offer();
    return std::any_of(streams_.begin(), streams_.end(), [&](const Stream& stream) {
        const auto& line = stream.at(leg.side).line;
        const bool on = has_line(stream, leg) && *line < offer.media.size() && !offer.media[*line].is_disabled();
        return on && !is_live_on(stream, leg);
    });
}

// A peer that declined it is asked again only when the other one offers it anew; one that refuses all such offers
// never.
bool Call::is_offered_on(const Stream& stream, const Leg& to, bool relayed) const {
    if (is_live_on(stream, to)) { return relayed || wanted_direction(stream, to).has_value(); }
    if (to.refuses.contains("video")) { return false; }
    if (!relayed) { return wanted_direction(stream, to).has_value(); }
    const bool anew = stream.at(other(to)->side).stand != Stand::wanted;
    return anew || stream.at(to.side).stand != Stand::declined;
}

void Call::add_stream_offers(Turn& turn, Leg& to, Stream& stream, const sip::sdp::Session& theirs, bool relayed,
                             PlacedLines& lines) {
    const Leg& from = *other(to);
    if (!open_stream(turn, stream, to)) { return; }
    auto& end = stream.at(to.side);
    const auto& line = theirs.media[*stream.at(from.side).line];
    const bool fresh = to.change.kind == "offerless" && to.invite_in;  // it asks for all that there is
    const Direction wish = end.stand == Stand::wanted && !fresh ? end.wish : Direction::sendrecv;
    const Direction said = relayed ? sip::sdp::direction_of(theirs, line) : stream.at(from.side).wish;
    const StreamFace face{to.announced(end.ports->rtp), ours_towards(wish, shown_wish(to, said), false), to.webrtc};
    const bool is_new = !end.line;
    const std::size_t index =
        is_new ? streams_.place(stream, to.side, to.offer_answer.agreed(), to.slot.value_or(0)) : *end.line;
    auto offered = offered_line(line, from.side, stream.numbers, ledger_of(to, index), face);
    if (offered.formats.empty()) {
        if (is_new) { end.line.reset(); }
        return;
    }
    for (const auto& [at, share] : split_offer(to.told_lines(), index, end.speaks_on, face.direction)) {
        sip::sdp::Media part = offered;
        sip::sdp::set_direction(part, share);
        to.dress_offer(part, at, at == index ? end.ssrc : 0, config());
        lines.push_back({at, std::move(part)});
    }
}

}  // namespace server
