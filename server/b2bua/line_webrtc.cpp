#include "server/b2bua/line_webrtc.hpp"

#include <algorithm>
#include <string>

#include "server/b2bua/line_extensions.hpp"

namespace server {
namespace {

using sip::sdp::Attribute;
using sip::sdp::IceCandidate;
using sip::sdp::IceDescription;
using sip::sdp::Media;
using sip::sdp::Session;

constexpr std::string_view stream_name = "holdfast";  // all lines of a leg are one media stream (RFC 8830)
// RFC 8445 §5.1.2.1: host, the only address, component 1.
constexpr std::uint32_t host_priority = 126U << 24U | 65535U << 8U | 255U;
// RFC 6544 §4.2: UDP is preferred, so the type of one over TCP has less; the other preferences of a passive one.
constexpr std::uint32_t tcp_host_priority = 90U << 24U | (4U << 13U | 8191U) << 8U | 255U;

std::optional<IceDescription> ice_of(const DescribedLine& of) {
    auto ice = sip::sdp::ice_of(of.session, of.line);
    return ice ? std::move(*ice) : std::nullopt;
}

// Of the transport of all lines: what the first one says that is on.
std::optional<IceDescription> ice_of(const Session& session) {
    for (const Media& line : session.media) {
        auto ice = line.is_disabled() ? std::nullopt : ice_of(DescribedLine{session, line});
        if (ice) { return ice; }
    }
    return std::nullopt;
}

void add(Media& line, std::string name, std::string value) {
    line.attributes.push_back(Attribute{std::move(name), std::move(value)});
}

std::string value_of(const Media& line, std::string_view name) {
    const Attribute* const found = line.attribute(name);
    return found == nullptr ? std::string{} : found->value.value_or("");
}

const sip::sdp::ExtensionLedger& numbers_of(const OwnWebrtc& own) {
    static const sip::sdp::ExtensionLedger none;
    return own.extensions == nullptr ? none : *own.extensions;
}

IceCandidate host_candidate(std::string foundation, std::uint32_t priority, const base::Endpoint& at) {
    IceCandidate candidate;
    candidate.foundation = std::move(foundation);
    candidate.priority = priority;
    candidate.address = at.address.to_string();
    candidate.port = at.port;
    return candidate;
}

void add_ice(Media& line, const OwnWebrtc& own) {
    IceDescription ice;
    ice.ufrag = own.ice.ufrag;
    ice.pwd = own.ice.pwd;
    ice.candidates.push_back(host_candidate("1", host_priority, own.candidate));
    if (own.tcp_candidate) {
        IceCandidate passive = host_candidate("2", tcp_host_priority, *own.tcp_candidate);
        passive.transport = "tcp";
        passive.extensions = {{"tcptype", "passive"}};
        ice.candidates.push_back(std::move(passive));
    }
    ice.is_complete = true;
    for (Attribute& attribute : sip::sdp::to_attributes(ice)) { line.attributes.push_back(std::move(attribute)); }
}

// Which source the peer is going to hear, and that it is of the one stream. Chromium takes no two lines with the same
// track (RFC 8830 §2).
void add_source(Media& line, std::uint32_t ssrc) {
    if (ssrc == 0) { return; }  // it sends nothing yet
    add(line, "msid", std::string{stream_name} + " " + line.kind + value_of(line, "mid"));
    add(line, "ssrc", std::to_string(ssrc) + " cname:" + std::string{stream_name});
}

void add_mux(Media& line) {
    if (line.attribute("rtcp-mux") == nullptr) { line.attributes.push_back(Attribute{"rtcp-mux", std::nullopt}); }
}

}  // namespace

bool is_bundled(const Media& line) { return is_dtls(line) && line.attribute("ice-ufrag") != nullptr; }

bool is_webrtc(const DescribedLine& of) {
    return may_have_association(of) && ice_of(of) && of.line.attribute("rtcp-mux") != nullptr;
}

bool restarts_ice(const Session& before, const Session& now) {
    const auto was = ice_of(before);
    const auto is = ice_of(now);
    return was && is && sip::sdp::is_ice_restart(*was, *is);
}

void webrtc_offer(Media& line, std::size_t index, const Media* before, const OwnWebrtc& own, const OwnDtls& dtls) {
    const std::string mid = before == nullptr ? std::string{} : value_of(*before, "mid");
    dtls_offer(line, dtls);
    line.protocol = "UDP/TLS/RTP/SAVPF";
    const bool is_new = before == nullptr || (mid.empty() && before->is_disabled());
    if (!mid.empty() || is_new) { add(line, "mid", mid.empty() ? std::to_string(index) : mid); }
    offer_extensions(line, is_new ? nullptr : before, numbers_of(own));
    add_mux(line);
    add_ice(line, own);
    add_source(line, own.ssrc);
}

void webrtc_answer(Media& line, const DescribedLine& offered, const OwnWebrtc& own, const OwnDtls& dtls) {
    dtls_answer(line, dtls, offered);
    const std::string mid = value_of(offered.line, "mid");
    if (!mid.empty()) { add(line, "mid", mid); }
    answer_extensions(line, offered, numbers_of(own));
    add_mux(line);
    add_ice(line, own);
    add_source(line, own.ssrc);
}

void bundle(Session& ours, const Session* known) {
    std::string group = "BUNDLE";
    for (std::size_t i = 0; i < ours.media.size(); ++i) {
        Media& line = ours.media[i];
        std::string mid = value_of(line, "mid");
        if (mid.empty() && known != nullptr && i < known->media.size()) { mid = value_of(known->media[i], "mid"); }
        if (mid.empty()) { continue; }
        if (line.attribute("mid") == nullptr) { add(line, "mid", mid); }
        if (!line.is_disabled()) { group += " " + mid; }
    }
    ours.attributes.push_back(Attribute{"ice-lite", std::nullopt});
    if (group != "BUNDLE") { ours.attributes.push_back(Attribute{"group", std::move(group)}); }
}

std::optional<media::TransportDescription> agreed_transport(const sip::sdp::Agreed& agreed, std::size_t line,
                                                            const DtlsAgreement& association) {
    const auto ours = ice_of({agreed.local, agreed.local.media[line]});
    const auto theirs = ice_of({agreed.remote, agreed.remote.media[line]});
    if (!ours || !theirs) { return std::nullopt; }
    media::TransportDescription transport;
    transport.ours = {ours->ufrag, ours->pwd};
    transport.their_ufrag = theirs->ufrag;
    transport.dtls = {association.association, association.role, association.fingerprints};
    return transport;
}

std::optional<media::BundledLine> agreed_bundling(const Media& ours, const AgreedExtensions& extensions) {
    if (!is_bundled(ours)) { return std::nullopt; }
    media::BundledLine line;
    line.mid = value_of(ours, "mid");
    line.mid_extension = extensions.receive.mid;
    return line;
}

}  // namespace server
