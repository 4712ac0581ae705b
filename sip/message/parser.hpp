// Text → Message, with named limits (RFC 3261 §7, §25). Never throws, linear in its input, and hands back as much of a
// broken request as is needed to answer it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message/message.hpp"

namespace sip {

struct Limits {
    std::size_t message = 65'536;     // bytes, start line to end of body
    std::size_t header_fields = 256;  // after splitting comma lists
    std::size_t header_value = 8'192;
    std::size_t uri = 2'048;
};

// clang-format off
enum class ParseFault : std::uint8_t {
    start_line, version, header_syntax, missing_header, duplicate_header, bad_value, method_mismatch, content_length,
    too_large, too_many_headers, uri_too_long
};
// clang-format on
std::string_view to_text(ParseFault fault);  // a metric label: "start_line", "version", …

struct ParseError {
    ParseFault fault;
    int status;          // what a request with this fault is answered: 400, 414, 505, 513
    std::string detail;  // for Warning and log: "duplicate Content-Length"
    bool close_stream;   // framing can no longer be trusted (RFC 3261 §18.3)
};

struct ParsedMessage {
    Message message;
    std::optional<ParseError> error;
    // A request with a readable topmost Via and with a CSeq: an error response can be made that its client matches
    // (§17.1.3). From, To and Call-ID may be missing (RFC 4475 §3.3.1), and any value but that Via may be malformed.
    bool answerable = false;
};

// `from_stream`: Content-Length is required and exact; otherwise what follows the body in the datagram is dropped and
// too short a body is an error.
ParsedMessage parse_message(std::string_view text, bool from_stream = false, const Limits& limits = {});

}  // namespace sip
