// message/sipfrag (RFC 3420) as the NOTIFYs of a REFER carry it: the status line of a response (RFC 3515 §2.4.5).
// Leaves out: the header fields that may follow it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

inline constexpr std::string_view sipfrag_type = "message/sipfrag;version=2.0";

inline constexpr std::size_t max_sipfrag_reason = 128;  // bytes

// "SIP/2.0 200 OK" and a line end. The standard phrase stands for a reason, a peer's words maybe, that is empty, too
// long or has a control byte in it.
std::string write_sipfrag(int status, std::string_view reason = {});

// The status, 100 to 699, of a body that begins with a status line.
std::optional<int> read_sipfrag(std::string_view body);

}  // namespace sip
