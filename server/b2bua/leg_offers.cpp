// Offers of a leg that nobody wants any more: taken back, forgotten, declined, or answered so that nothing changes.
// RFC 3261 §13.2.2.4, §14.1: a 2xx is acknowledged, wanted or not, and its offer has an answer.
#include <utility>

#include "server/b2bua/leg.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/stream_rules.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

std::string Leg::decline(const sip::sdp::Session& offer) const {
    sip::sdp::Session answer =
        make_declining_answer(offer, ports ? announced(ports->rtp) : base::Endpoint{own.origin(), 0});
    answer.origin.session_id = sdp_session;
    answer.origin.version = last_local() != nullptr ? last_local()->origin.version + 1 : 1;
    answer.origin.is_v6 = own.origin().is_v6();
    answer.origin.address = own.origin().to_string();
    return sip::sdp::write(answer);
}

// Where our INVITE brought no offer, the 2xx did, and the ACK owes it an answer even if the dialog ends at once.
std::string Leg::declining_answer(const sip::Message& response) const {
    if (!sent_invite->body().empty()) { return {}; }
    const auto offer = sip::sdp::parse(sip::session_description(response));
    return offer ? decline(*offer) : std::string{};
}

void Leg::acknowledge_stale(Turn& turn, const Services& services, const LineRules& rules) {
    using Exchange = sip::sdp::OfferAnswer::State;
    withdraw_taken_offer();
    std::string sdp;
    if (offer_answer.state() == Exchange::remote_offer) {
        sdp = sip::sdp::write(offer_answer.answer(unchanging_answer(rules)));
    } else if (answer_owed && offer_answer.agreed()) {
        // What it offered cannot even be taken as an offer: it is told again what stands, properly numbered.
        sdp = sip::sdp::write(offer_answer.offer(sip::sdp::Session{offer_answer.agreed()->local}));
        offer_answer.withdraw_offer();
    }
    send_ack(turn, services, sdp);
}

// To the peer's open offer: the direction agreed last, as far as the offer allows it; nothing where nothing was agreed.
sip::sdp::Session Leg::unchanging_answer(const LineRules& rules) const {
    const auto& offer = *offer_answer.pending_offer();
    const auto& agreed = offer_answer.agreed();
    const bool live = agreed && slot && slot_before && *slot < offer.media.size() && !offer.media[*slot].is_disabled();
    if (!live) { return make_declining_answer(offer, announced(ports->rtp)); }
    const auto& line = offer.media[*slot];
    const Formats usable = without_conflicts(usable_formats(line, rules.codecs), ledger());
    const Formats formats = answer_formats(usable, usable_formats(agreed->remote.media[*slot_before], rules.codecs));
    if (formats.empty()) { return make_declining_answer(offer, announced(ports->rtp)); }
    const Direction before = agreed_direction(*agreed, *slot_before);
    const Direction now = sip::sdp::intersect(before, sip::sdp::reverse(sip::sdp::direction_of(offer, line)));
    auto answer = make_answer(face(formats, now), offer, *slot);
    secure_answer(answer.media[*slot], *slot, {offer, line}, rules.security, srtp_secret);
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        auto kept = i == *slot ? std::nullopt : kept_line(*agreed, offer, i);
        if (kept) { answer.media[i] = std::move(*kept); }
    }
    complete(answer, &offer);
    return answer;
}

void Leg::withdraw_offer() {
    if (offer_answer.state() == sip::sdp::OfferAnswer::State::local_offer) { offer_answer.withdraw_offer(); }
}

void Leg::withdraw_taken_offer() {
    if (offer_answer.state() != sip::sdp::OfferAnswer::State::local_offer) { return; }
    taken_offer = *offer_answer.pending_offer();
    offer_answer.withdraw_offer();
}

void Leg::forget_offer() {
    if (offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer) {
        offer_answer.reject_remote_offer();
        slot = slot_before;
    }
    pending_wish = wish;
    offerless_open = false;
}

}  // namespace server
