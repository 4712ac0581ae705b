// RTP header extensions of a browser's lines (RFC 8285 §5 to §7): the mid (RFC 8843 §15), when a packet left
// (abs-send-time), how loud it is (RFC 6464, of audio). Offered under numbers that never change, answered under the
// offerer's. Every other one is left out, transport-wide congestion control among them: nothing here would answer it.
// Neither is a=extmap-allow-mixed said: what is sent on a leg is always of one form.
#pragma once

#include <string_view>

#include "media/engine.hpp"
#include "server/b2bua/line_dtls.hpp"
#include "sip/sdp/extension_map.hpp"

namespace server {

inline constexpr std::string_view mid_extension = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr std::string_view send_time_extension = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr std::string_view level_extension = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

// Into our line of an offer. `before`: what this line was told last, which it is told again; null: a new line, whose
// numbers are those of `known`, or free there.
void offer_extensions(sip::sdp::Media& line, const sip::sdp::Media* before, const sip::sdp::ExtensionLedger& known);
// The same of an answer to `offered`: those of its numbers that mean the same on all its lines, and meant it before.
void answer_extensions(sip::sdp::Media& line, const DescribedLine& offered, const sip::sdp::ExtensionLedger& known);
// Takes out of our line what `offered` has not, or has under another number.
void keep_offered_extensions(sip::sdp::Media& line, const DescribedLine& offered);

struct AgreedExtensions {
    media::ExtensionNumbers send;  // by us
    media::ExtensionNumbers receive;
};
AgreedExtensions agreed_extensions(const DescribedLine& ours, const DescribedLine& theirs);

}  // namespace server
