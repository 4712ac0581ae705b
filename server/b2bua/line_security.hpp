// How a leg's audio line is protected: in the clear, or by SRTP under keys that the descriptions carry (SDES, RFC
// 4568), in RTP/SAVP, or in RTP/AVP where both sides name a key (opportunistic, RFC 8643), or that come by DTLS
// (line_dtls), on a browser's transport too (line_webrtc). Pure functions; the keys in force are those of the agreed
// pair of descriptions, so that they are committed and rolled back with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "media/srtp/keys.hpp"
#include "server/b2bua/line_dtls.hpp"
#include "server/b2bua/line_webrtc.hpp"
#include "sip/sdp/security_attributes.hpp"
#include "sip/sdp/session.hpp"

namespace server {

// What a leg may agree on.
struct LineSecurity {
    config::Srtp use = config::Srtp::off;
    std::vector<media::SrtpSuite> suites;  // preferred first
    OwnDtls dtls;                          // with Srtp::dtls, and for browsers
    std::optional<OwnWebrtc> webrtc;       // of a browser's leg: that, whatever `use` is
};
// Names that are no suite are left out.
LineSecurity line_security(config::Srtp use, const std::vector<std::string>& suites);

bool is_secure(const sip::sdp::Media& line);  // RTP/SAVP

// May this line of a peer's carry audio? Over RTP/AVP unless SRTP is required and the line names no key; over RTP/SAVP
// with a key that we can use, unless SRTP is off. Where DTLS is to be, it only.
bool may_carry_audio(const DescribedLine& line, const LineSecurity& security);

// Keys are derived from `secret`, one for each line and suite: the same again whenever the line is described.
// Writes profile and keys into our line of an offer. `before`: what this line was agreed to be, whose profile it keeps.
void secure_offer(sip::sdp::Media& line, std::size_t index, const sip::sdp::Media* before, const LineSecurity& security,
                  const media::SrtpSecret& secret);
// The same of an answer to `offered`: its profile, and the first of its keys that we can use.
void secure_answer(sip::sdp::Media& line, std::size_t index, const DescribedLine& offered, const LineSecurity& security,
                   const media::SrtpSecret& secret);

// The keys of an agreed pair of lines: those with the same tag and suite. Nullopt: it is in the clear.
std::optional<media::SrtpKeys> agreed_keys(const sip::sdp::Media& ours, const sip::sdp::Media& theirs);

}  // namespace server
