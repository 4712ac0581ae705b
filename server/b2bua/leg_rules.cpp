// What a leg may do: the settings of its trunk or user, else those of all.
#include "server/b2bua/leg.hpp"

namespace server {
namespace {

sip::Uri own_uri(const OwnAddress& own) {
    sip::Uri uri;
    uri.host = own.host;
    uri.host_is_v6 = own.host.find(':') != own.host.npos;
    return uri;
}

}  // namespace

const std::vector<std::string>& Leg::codecs(const config::Config& config) const {
    const auto* const settings = party.settings();
    return settings == nullptr || settings->codecs.empty() ? config.media.audio_codecs : settings->codecs;
}

LineRules Leg::line_rules(const config::Config& config) const {
    const auto use = party.is_known() ? party.settings()->srtp : config::Srtp::optional;
    LineSecurity security = line_security(use, config.media.srtp_suites);
    const std::string tls_id = "association-of-leg-" + std::to_string(sdp_session);
    security.dtls = {certificate, tls_id, association ? &*association : nullptr};
    if (webrtc) { security.webrtc = own_webrtc(); }
    return {codecs(config), std::move(security)};
}

const config::Hold& Leg::hold(const config::Config& config) const {
    return party.is_known() ? party.settings()->hold : config.hold;
}

// Of a browser: a hold that its own user asks for at the same time would meet ours, which older versions of SIP.js do
// not survive.
bool Leg::keeps_holds(const config::Config& config) const {
    return webrtc || hold(config).signal == config::HoldSignal::absorb;
}

const config::Renegotiation& Leg::renegotiation(const config::Config& config) const {
    return party.is_known() ? party.settings()->renegotiation : config.renegotiation;
}

NegotiationRules Leg::negotiation_rules(const config::Config& config) const {
    const auto& settings = renegotiation(config);
    NegotiationRules rules;
    rules.relay_offerless = settings.offerless == config::Offerless::relay;
    rules.heal = settings.on_refusal == config::OnRefusal::heal;
    rules.glare_retries = settings.glare_retries;
    rules.timeout = settings.timeout;
    rules.is_browser = webrtc;
    return rules;
}

base::Duration Leg::media_timeout(const config::Config& config) const {
    return party.is_known() ? party.settings()->media_timeout : config.media.timeout;
}

base::IpAddress Leg::media_address(const config::Config& config) const {
    for (const auto& address : config.media.listen) {
        const bool fits = address.is_v6() == own.ip.is_v6();
        if (fits && !address.is_unspecified()) { return address; }
    }
    return own.ip;
}

HeaderPolicy Leg::header_policy() const {
    HeaderPolicy policy;
    policy.own_host = own.host;
    if (party.trunk != nullptr) { policy.remove = party.trunk->settings().headers_remove; }
    return policy;
}

sip::NameAddr Leg::shown_to(const Leg& callee) const {
    sip::NameAddr from = dialog->remote_address();
    const std::string number = number_of(from);
    if (party.user != nullptr && !party.user->settings.display.empty()) { from.display = party.user->settings.display; }
    from.uri = request_uri(own_uri(callee.own), number);
    from.parameters.clear();
    from.set_parameter("tag", callee.local_tag);
    return from;
}

sip::Uri Leg::address_of(sip::Uri uri) const {
    if (party.user != nullptr) { return request_uri(own_uri(own), party.user->name); }
    uri.remove_parameter("transport");
    return uri;
}

void Leg::follow(std::string_view user, std::uint64_t lost, const sip::Flow& latest) {
    if (party.user != nullptr && party.user->name == user && flow.connection == lost) { flow = latest; }
}

void Leg::note_flow(const sip::Flow& latest) {
    if (party.user != nullptr) {
        flow = latest;
    } else {
        flow.connection = latest.connection;
    }
}

sip::Flow Leg::way_to(const sip::Dialog& of, const CoreSetup& setup) const {
    return party.user != nullptr ? flow : server::next_flow(of, flow, setup);
}

// Of a user the one that it has proved to be.
std::string Leg::number_of(const sip::NameAddr& address) const {
    if (party.user != nullptr) { return party.user->name; }
    return party.trunk == nullptr ? address.uri.user : party.trunk->rewrite_from(plain_user(address.uri.user));
}

}  // namespace server
