#include "server/b2bua/leg_transport.hpp"

#include <algorithm>
#include <utility>

#include "server/b2bua/leg.hpp"
#include "server/b2bua/line_webrtc.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/owed_description.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

std::unique_ptr<LegTransport> LegTransport::open(base::Instant now, media::Engine& engine, base::Random& random,
                                                 const base::IpAddress& address, std::string& why) {
    auto ice = media::IceCredentials::make(random);
    const auto opened = engine.open_transport(now, address, ice, why);
    if (!opened) { return nullptr; }
    return std::unique_ptr<LegTransport>{new LegTransport{engine, *opened, std::move(ice), random}};
}

void LegTransport::describe(base::Instant now, const media::TransportDescription& agreed, base::Random& random) {
    if (agreed.ours == renewed_) { ice_ = std::exchange(renewed_, media::IceCredentials::make(random)); }
    engine_.describe_transport(now, id_, agreed);
}

void Leg::take_profile(const sip::sdp::Session& first_offer) {
    const bool is_settled = party.user != nullptr && party.user->settings.profile != config::Profile::automatic;
    if (is_settled) { return; }
    webrtc = webrtc && std::ranges::any_of(first_offer.media, [&](const sip::sdp::Media& line) {
                 return is_webrtc({first_offer, line});
             });
}

std::optional<sip::sdp::Refusal> Leg::take_first_offer(const sip::Message& invite, const config::Config& config) {
    if (sip::session_description(invite).empty()) { return std::nullopt; }
    auto first = sip::sdp::parse(sip::session_description(invite));
    if (!first) { return first.error(); }
    take_profile(*first);
    const LineRules rules = line_rules(config);
    slot = find_slot(*first, std::nullopt, rules);
    if (!slot) { return no_audio_line(*first, rules); }
    wish = audio_direction(*first, *slot);
    const auto taken = offer_answer.on_remote_offer(std::move(*first), rules.codecs);
    return taken ? std::nullopt : std::optional{taken.error()};
}

bool Leg::open_media(base::Instant now, const Services& services, media::SessionId session,
                     const config::Config& config, std::string& why) {
    if (!webrtc) {
        ports = services.engine.open_leg(session, side, media_address(config), why);
        return ports.has_value();
    }
    transport = LegTransport::open(now, services.engine, services.random, media_address(config), why);
    if (!transport) { return false; }
    ports = services.engine.open_leg_on(now, session, side, transport->id(), why);
    if (ports) { ssrc = services.engine.ssrc(session, side); }
    return ports.has_value();
}

bool Leg::open_media_apart(base::Instant now, const Services& services, const config::Config& config,
                           std::string& why) {
    apart = services.engine.open_session(now);
    if (open_media(now, services, apart, config, why)) { return true; }
    services.engine.close_session(now, std::exchange(apart, {}));
    return false;
}

void Leg::join_media(base::Instant now, const Services& services, media::SessionId session) {
    if (!apart) { return; }
    services.engine.move_leg(now, {apart, side}, {session, side});
    services.engine.close_session(now, std::exchange(apart, {}));
}

void Leg::close_media(base::Instant now, const Services& services, media::SessionId session) {
    if (apart) {
        services.engine.close_session(now, std::exchange(apart, {}));
    } else if (ports && session) {
        services.engine.close_leg(now, session, side);
    }
    ports.reset();
    transport.reset();
}

media::LegDescription Leg::plan_media(base::Instant now, const Services& services) {
    const auto& agreed = *offer_answer.agreed();
    const DtlsAgreement* const associated = associate();
    const auto carried = transport && associated ? agreed_transport(agreed, *slot, *associated) : std::nullopt;
    if (carried) { transport->describe(now, *carried, services.random); }
    media::LegDescription plan = media_plan(agreed, *slot, associated);
    plan.account = trunk_name();
    return plan;
}

OwnWebrtc Leg::own_webrtc() const {
    if (!transport) { return {}; }  // before anything is written
    const auto& agreed = offer_answer.agreed();
    const bool is_offered = offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer;
    const bool restarts = agreed && is_offered && restarts_ice(agreed->remote, *offer_answer.pending_offer());
    const auto& tcp = transport->local_tcp();
    return {restarts ? transport->renewed() : transport->ice(), announced(ports->rtp), ssrc, &offer_answer.extensions(),
            tcp ? std::optional{announced(*tcp)} : std::nullopt};
}

void Leg::dress_answer(sip::sdp::Media& line, const sip::sdp::Session& offer, std::size_t index,
                       std::uint32_t line_ssrc, const config::Config& config) const {
    if (!webrtc) { return; }
    LineSecurity security = line_rules(config).security;
    security.webrtc->ssrc = line_ssrc;
    webrtc_answer(line, {offer, offer.media[index]}, *security.webrtc, security.dtls);
}

void Leg::dress_offer(sip::sdp::Media& line, std::size_t index, std::uint32_t line_ssrc,
                      const config::Config& config) const {
    if (!webrtc) { return; }
    const auto* const told = told_lines();
    const bool is_new = told == nullptr || index >= told->media.size();
    LineSecurity security = line_rules(config).security;
    security.webrtc->ssrc = line_ssrc;
    webrtc_offer(line, index, is_new ? nullptr : &told->media[index], *security.webrtc, security.dtls);
}

void Leg::complete(sip::sdp::Session& ours, const sip::sdp::Session* known) const {
    if (webrtc) { bundle(ours, known); }
}

}  // namespace server
