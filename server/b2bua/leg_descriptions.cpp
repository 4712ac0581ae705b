#include "server/b2bua/leg_descriptions.hpp"

#include <utility>

#include "server/b2bua/sibling_lines.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

// The other audio lines of a browser that are to be `lines`, but for the slot's, which is the first.
void add_siblings(const Leg& leg, const config::Config& config, const std::vector<LineShare>& lines,
                  const Formats& formats, const sip::sdp::Session& offer, sip::sdp::Session& answer) {
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto [index, direction] = lines[i];
        const auto fitting = answer_formats(usable_formats(offer.media[index], leg.codecs(config)), formats);
        if (fitting.empty()) { continue; }
        answer.media[index] = make_answer(leg.face(fitting, direction), offer, index).media[index];
        leg.dress_answer(answer.media[index], offer, index, 0, config);
    }
}

void offer_siblings(const Leg& leg, const config::Config& config, const std::vector<LineShare>& lines,
                    const Formats& formats, sip::sdp::Session& offer) {
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto [index, direction] = lines[i];
        offer.media[index] = make_offer(leg.face(formats, direction), leg.told_lines(), index).media[index];
        leg.dress_offer(offer.media[index], index, 0, config);
    }
}

// The line on which the peer may speak by this split.
std::size_t spoken_line(const std::vector<LineShare>& lines, std::size_t before) {
    for (const auto& [index, direction] : lines) {
        if (sip::sdp::receives(direction)) { return index; }
    }
    return before;
}

}  // namespace

std::string write_answer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred,
                         const PlacedLines& streams) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& line = offer.media[*leg.slot];
    const auto lines = split_answer(offer, *leg.slot, direction);
    const Formats usable = without_conflicts(usable_formats(line, leg.codecs(config)), leg.ledger());
    const Formats formats = answer_formats(usable, preferred);
    const Face face = leg.face(formats, lines.front().direction);
    if (formats.empty()) {
        auto none = make_declining_answer(offer, face.rtp);
        leg.complete(none, &offer);
        return sip::sdp::write(leg.offer_answer.answer(std::move(none)));
    }
    auto answer = make_answer(face, offer, *leg.slot);
    const LineSecurity security = leg.line_rules(config).security;
    secure_answer(answer.media[*leg.slot], *leg.slot, {offer, line}, security, leg.srtp_secret);
    add_siblings(leg, config, lines, formats, offer, answer);
    leg.speaks_on = spoken_line(lines, leg.speaks_on.value_or(*leg.slot));
    for (const PlacedLine& stream : streams) { answer.media[stream.index] = stream.media; }
    leg.complete(answer, &offer);
    return sip::sdp::write(leg.offer_answer.answer(std::move(answer)));
}

std::string write_offer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred,
                        const PlacedLines& streams) {
    const Formats formats = offer_formats(preferred, leg.codecs(config), leg.ledger());
    const sip::sdp::Session* before = leg.told_lines();
    const std::size_t slot = leg.slot.value_or(0);
    const auto lines = split_offer(before, slot, leg.speaks_on, direction);
    auto offer = make_offer(leg.face(formats, lines.front().direction), before, slot);
    const bool is_new = before == nullptr || slot >= before->media.size();
    secure_offer(offer.media[slot], slot, is_new ? nullptr : &before->media[slot], leg.line_rules(config).security,
                 leg.srtp_secret);
    offer_siblings(leg, config, lines, formats, offer);
    for (const PlacedLine& stream : streams) {
        if (stream.index >= offer.media.size()) { offer.media.resize(stream.index + 1); }
        offer.media[stream.index] = stream.media;
    }
    leg.complete(offer, before);
    return sip::sdp::write(leg.offer_answer.offer(offer));
}

}  // namespace server
