// A browser's lines: ICE-lite, DTLS-SRTP and RTCP on one transport for all of them (RFC 8829, RFC 8843 BUNDLE, RFC 8839
// ICE, RFC 8842). Pure functions; what is in force is what the agreed pair of descriptions says, so that it is
// committed and rolled back with it. Leaves out: which line is which stream, directions, formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip.hpp"
#include "media/engine.hpp"
#include "server/b2bua/line_dtls.hpp"
#include "server/b2bua/line_extensions.hpp"
#include "sip/sdp/ice_attributes.hpp"
#include "sip/sdp/offer_answer.hpp"
#include "sip/sdp/session.hpp"

namespace server {

// What we say of ourselves.
struct OwnWebrtc {
    media::IceCredentials ice;
    base::Endpoint candidate;                               // as announced
    std::uint32_t ssrc = 0;                                 // of what this line sends
    const sip::sdp::ExtensionLedger* extensions = nullptr;  // of the dialog; null: none was agreed yet
    std::optional<base::Endpoint> tcp_candidate{};          // as announced; where it may connect (RFC 6544)
};

// Is this a line on such a transport, by either side's description?
bool is_bundled(const sip::sdp::Media& line);
// May this line of a peer's go over such a transport? With a fingerprint, credentials of ICE, and RTCP on its port
// (RFC 8834 §4.5).
bool is_webrtc(const DescribedLine& line);

// Does the peer that said `before` ask with `now` for new credentials of ours (RFC 8839 §4.4.1.1.1)?
bool restarts_ice(const sip::sdp::Session& before, const sip::sdp::Session& now);

// Into our line of an offer. `before`: what this line was told last, whose mid and extension numbers it keeps for ever.
void webrtc_offer(sip::sdp::Media& line, std::size_t index, const sip::sdp::Media* before, const OwnWebrtc& own,
                  const OwnDtls& dtls);
// The same of an answer to `offered`.
void webrtc_answer(sip::sdp::Media& line, const DescribedLine& offered, const OwnWebrtc& own, const OwnDtls& dtls);
// Into our session when its lines are written: that we are lite (RFC 8839 §5.3), and which lines share the transport. A
// line that is off keeps the mid that it has in `known`, the offer or what we said last.
void bundle(sip::sdp::Session& ours, const sip::sdp::Session* known);

// What the pair of lines means for the transport; nullopt: it is none of a browser.
std::optional<media::TransportDescription> agreed_transport(const sip::sdp::Agreed& agreed, std::size_t line,
                                                            const DtlsAgreement& association);
// And for the line on it.
std::optional<media::BundledLine> agreed_bundling(const sip::sdp::Media& ours, const AgreedExtensions& extensions);

}  // namespace server
