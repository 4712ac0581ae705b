#include "server/b2bua/leg_descriptions.hpp"

#include <utility>

#include "sip/sdp/parser.hpp"

namespace server {

std::string write_answer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& line = offer.media[*leg.slot];
    const Direction allowed = sip::sdp::intersect(direction, sip::sdp::reverse(sip::sdp::direction_of(offer, line)));
    const Formats usable = without_conflicts(usable_formats(line, leg.codecs(config)), leg.ledger());
    const Formats formats = answer_formats(usable, preferred);
    const Face face = leg.face(formats, allowed);
    auto answer = formats.empty() ? make_declining_answer(offer, face.rtp) : make_answer(face, offer, *leg.slot);
    return sip::sdp::write(leg.offer_answer.answer(std::move(answer)));
}

std::string write_offer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred) {
    const Formats formats = offer_formats(preferred, leg.codecs(config), leg.ledger());
    const auto offer = make_offer(leg.face(formats, direction), leg.last_local(), leg.slot.value_or(0));
    return sip::sdp::write(leg.offer_answer.offer(offer));
}

}  // namespace server
