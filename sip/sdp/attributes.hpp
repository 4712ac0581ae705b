// Small typed readings of attributes that more than one room asks for.
#pragma once

#include <chrono>
#include <optional>

#include "sip/sdp/session.hpp"

namespace sip::sdp {

// RFC 5761 §5.1.1: RTCP on the RTP port. It counts only where both the offer and the answer of an exchange say so.
bool has_rtcp_mux(const Media& media);

// Length of a packet the sender of this description wishes to get, and the longest it takes (RFC 8866 §6.4, §6.5).
// Nullopt: not said, not a number, zero, or longer than a second. A fraction of a millisecond is dropped.
std::optional<std::chrono::milliseconds> ptime(const Media& media);
std::optional<std::chrono::milliseconds> maxptime(const Media& media);

}  // namespace sip::sdp
