// What was said between a leg and its peer of the session, and what that means.
#include "server/b2bua/leg.hpp"
#include "server/b2bua/sibling_lines.hpp"

namespace server {

const DtlsAgreement* Leg::associate() {
    const auto& agreed = offer_answer.agreed();
    const bool is_there = agreed && slot && *slot < agreed->local.media.size() && *slot < agreed->remote.media.size();
    if (!is_there) { return nullptr; }
    auto now =
        agreed_association({agreed->local, agreed->local.media[*slot]}, {agreed->remote, agreed->remote.media[*slot]},
                           agreed->offered, association ? &*association : nullptr);
    if (!now) { return nullptr; }
    association = std::move(now);
    return &*association;
}

Face Leg::face(Formats formats, Direction direction) const {
    return Face{announced(ports->rtp), announced(ports->rtcp), std::move(formats), direction};
}

base::Endpoint Leg::announced(base::Endpoint local) const { return {own.media.value_or(local.address), local.port}; }

const sip::sdp::Session* Leg::last_local() const {
    return offer_answer.agreed() ? &offer_answer.agreed()->local : nullptr;
}

const sip::sdp::Session* Leg::told_lines() const {
    const sip::sdp::Session* agreed = last_local();
    if (!taken_offer) { return agreed; }
    return agreed == nullptr || agreed->media.size() < taken_offer->media.size() ? &*taken_offer : agreed;
}

const sip::sdp::LineLedger* Leg::ledger() const {
    const auto& lines = offer_answer.ledger();
    return slot && *slot < lines.size() ? &lines[*slot] : nullptr;
}

Formats Leg::agreed_formats(const std::vector<std::string>& usable) const {
    const auto& agreed = offer_answer.agreed();
    if (!agreed || !slot || *slot >= agreed->remote.media.size()) { return {}; }
    return usable_formats(agreed->remote.media[*slot], usable);
}

Formats Leg::said_formats(const std::vector<std::string>& usable) const {
    const bool offered = offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer;
    const sip::sdp::Session* said = offer_answer.agreed() ? &offer_answer.agreed()->remote
                                    : preview             ? &*preview
                                    : offered             ? offer_answer.pending_offer()
                                                          : nullptr;
    if (said == nullptr || !slot || *slot >= said->media.size()) { return {}; }
    return usable_formats(said->media[*slot], usable);
}

Direction Leg::wish_of_answer() const {
    const auto& agreed = offer_answer.agreed();
    return agreed && slot ? audio_direction(agreed->remote, *slot) : Direction::inactive;
}

}  // namespace server
