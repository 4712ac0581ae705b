// What each leg is told: the directions that both wishes amount to, and the offers and answers written with them.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

// A peer that holds by answering an offer of ours wishes so from now on.
void Call::take_wish_of_answer(Leg& leg) {
    const auto& agreed = leg.offer_answer.agreed();
    if (!agreed || !leg.slot || *leg.slot >= agreed->remote.media.size()) { return; }
    const auto& line = agreed->remote.media[*leg.slot];
    const Direction answer = line.is_disabled() ? Direction::inactive : sip::sdp::direction_of(agreed->remote, line);
    const Direction ours = sip::sdp::direction_of(agreed->local, agreed->local.media[*leg.slot]);
    learn_wish(leg, wish_after_answer(leg.wish, ours, answer));
}

// Of what a peer says in a request of its own the machine judges itself whether the other leg is told; of an answer
// not.
void Call::learn_wish(Leg& leg, Direction wish) {
    if (std::exchange(leg.wish, wish) != wish) { negotiation_.owe(media::other(leg.side)); }
}

Direction Call::direction_for(const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr) { return ours_towards(leg.wish, Direction::sendrecv, true); }
    return ours_towards(leg.wish, shown_wish(leg, peer->wish), music_may_play_to(leg));
}

// A leg that shall not learn of holds (hold.signal: absorb) is told that the other peer still speaks and listens.
Direction Call::shown_wish(const Leg& to, Direction wish) const {
    const bool hidden = holds(wish) && to.hold(config()).signal == config::HoldSignal::absorb;
    return hidden ? Direction::sendrecv : wish;
}

// Is this leg told something else than what the wishes of both amount to by now?
bool Call::differs(const Leg& leg) const {
    const auto& agreed = leg.offer_answer.agreed();
    return agreed && leg.slot && agreed_direction(*agreed, *leg.slot) != direction_for(leg);
}

std::string Call::answer_for(Leg& leg, Direction direction, const Formats& preferred) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& line = offer.media[*leg.slot];
    const Direction allowed = sip::sdp::intersect(direction, sip::sdp::reverse(sip::sdp::direction_of(offer, line)));
    const Formats usable = without_conflicts(usable_formats(line, leg.codecs(config())), leg.ledger());
    const Formats formats = answer_formats(usable, preferred);
    const Face face = leg.face(formats, allowed);
    auto answer = formats.empty() ? make_declining_answer(offer, face.rtp) : make_answer(face, offer, *leg.slot);
    return sip::sdp::write(leg.offer_answer.answer(std::move(answer)));
}

std::string Call::offer_for(Leg& leg, Direction direction, const Formats& preferred) {
    const Formats formats = offer_formats(preferred, leg.codecs(config()), leg.ledger());
    const auto offer = make_offer(leg.face(formats, direction), leg.last_local(), leg.slot.value_or(0));
    return sip::sdp::write(leg.offer_answer.offer(offer));
}

}  // namespace server
