// What each leg is told: the directions that both wishes amount to, and the offers and answers written with them.
#include "server/b2bua/call.hpp"
#include "server/b2bua/leg_descriptions.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/sibling_lines.hpp"

namespace server {

// The offer of this peer that is open counts from now on.
void Call::take_wish_of_offer(Leg& leg) {
    leg.wish = leg.pending_wish;
    if (const Leg* peer = other(leg)) { drop_source_of(*peer); }
    take_stream_wishes_of_offer(leg);
}

// A peer that holds by answering an offer of ours wishes so from now on.
void Call::take_wish_of_answer(Leg& leg) {
    const auto& agreed = leg.offer_answer.agreed();
    if (!agreed || !leg.slot || *leg.slot >= agreed->remote.media.size()) { return; }
    const Direction answer = leg.wish_of_answer();
    const Direction ours = audio_direction(agreed->local, *leg.slot);
    learn_wish(leg, wish_after_answer(leg.wish, ours, answer));
    take_stream_wishes_of_answer(leg);
}

// Of what a peer says in a request of its own the machine judges itself whether the other leg is told; of an answer
// not.
void Call::learn_wish(Leg& leg, Direction wish) {
    if (std::exchange(leg.wish, wish) == wish) { return; }
    if (const Leg* peer = other(leg)) { drop_source_of(*peer); }
    negotiation_.owe(media::other(leg.side));
}

Direction Call::direction_for(const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr) { return ours_towards(leg.wish, Direction::sendrecv, true); }
    return ours_towards(leg.presumed_wish(), shown_wish(leg, peer->wish), music_may_play_to(leg));
}

// A leg that shall not learn of holds (hold.signal: absorb), or has refused to, is told that the other peer still
// speaks and listens. Where the operator holds one of the two legs, neither peer is to hear or to be heard.
Direction Call::shown_wish(const Leg& to, Direction wish) const {
    const Leg* from = other(to);
    if (is_held_here()) { wish = Direction::inactive; }
    const bool heals = from != nullptr && from->renegotiation(config()).on_refusal == config::OnRefusal::heal;
    const bool refused = heals && to.refuses.contains("hold");
    const bool hidden = holds(wish) && (refused || to.keeps_holds(config()));
    return hidden ? Direction::sendrecv : wish;
}

// Is this leg told something else than what the wishes of both amount to by now?
bool Call::differs(const Leg& leg) const {
    const auto& agreed = leg.offer_answer.agreed();
    if (leg.over || !agreed || !leg.slot) { return false; }
    return agreed_direction(*agreed, *leg.slot) != direction_for(leg) || streams_differ(leg);
}

std::string Call::answer_for(Turn& turn, Leg& leg, Direction direction, const Formats& preferred) {
    return write_answer(leg, config(), direction, preferred, stream_answers(turn, leg));
}

std::string Call::offer_for(Turn& turn, Leg& leg, Direction direction, const Formats& preferred) {
    return write_offer(leg, config(), direction, preferred, stream_offers(turn, leg));
}

}  // namespace server
