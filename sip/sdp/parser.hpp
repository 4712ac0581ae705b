// SDP text → Session (RFC 8866 §9), with named limits; and back. Lenient in line ends and in the order of unknown
// lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sip/sdp/refusal.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {

struct Limits {
    std::size_t text = 32 * 1024;
    std::size_t lines = 1000;
    std::size_t line = 4 * 1024;
    std::size_t media = 32;
    std::size_t formats = 64;  // a media line
};

// The refusal's status is 400 and its text names the line: "line 4: c= needs three fields".
Result<Session> parse(std::string_view text, const Limits& limits = {});
std::string write(const Session& session);

}  // namespace sip::sdp
