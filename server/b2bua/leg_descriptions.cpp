#include "server/b2bua/leg_descriptions.hpp"

#include <utility>

#include "sip/sdp/parser.hpp"

namespace server {

std::string write_answer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred,
                         const PlacedLines& streams) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& line = offer.media[*leg.slot];
    const Direction allowed = sip::sdp::intersect(direction, sip::sdp::reverse(sip::sdp::direction_of(offer, line)));
    const Formats usable = without_conflicts(usable_formats(line, leg.codecs(config)), leg.ledger());
    const Formats formats = answer_formats(usable, preferred);
    const Face face = leg.face(formats, allowed);
    if (formats.empty()) {
        auto none = make_declining_answer(offer, face.rtp);
        leg.complete(none, &offer);
        return sip::sdp::write(leg.offer_answer.answer(std::move(none)));
    }
    auto answer = make_answer(face, offer, *leg.slot);
    const LineSecurity security = leg.line_rules(config).security;
    secure_answer(answer.media[*leg.slot], *leg.slot, {offer, line}, security, leg.srtp_secret);
    for (const PlacedLine& stream : streams) { answer.media[stream.index] = stream.media; }
    leg.complete(answer, &offer);
    return sip::sdp::write(leg.offer_answer.answer(std::move(answer)));
}

std::string write_offer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred,
                        const PlacedLines& streams) {
    const Formats formats = offer_formats(preferred, leg.codecs(config), leg.ledger());
    const sip::sdp::Session* before = leg.told_lines();
    const std::size_t slot = leg.slot.value_or(0);
    auto offer = make_offer(leg.face(formats, direction), before, slot);
    const bool is_new = before == nullptr || slot >= before->media.size();
    secure_offer(offer.media[slot], slot, is_new ? nullptr : &before->media[slot], leg.line_rules(config).security,
                 leg.srtp_secret);
    for (const PlacedLine& stream : streams) {
        if (stream.index >= offer.media.size()) { offer.media.resize(stream.index + 1); }
        offer.media[stream.index] = stream.media;
    }
    leg.complete(offer, before);
    return sip::sdp::write(leg.offer_answer.offer(offer));
}

}  // namespace server
