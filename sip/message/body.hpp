// What a message's body is made of: one part, or several (multipart/mixed and its kin, RFC 2046 §5.1), each with a
// disposition and a handling (RFC 3261 §20.11, RFC 5621). Nothing is copied: parts are views into the message.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sip/message/message.hpp"

namespace sip {

struct BodyPart {
    std::string_view type;         // "application/sdp", without parameters
    std::string_view disposition;  // "session"; by RFC 3261 §20.11 where none is given
    bool optional = false;         // handling=optional: whoever does not know it passes over it
    std::string_view content;
};

inline constexpr std::size_t max_body_parts = 16;

// Nullopt: a multipart body without a boundary, without its last delimiter, or of more parts than the limit. A
// multipart within a multipart stays one part of that type.
std::optional<std::vector<BodyPart>> body_parts(const Message& message);

// Is the part the session description of an offer or an answer?
bool is_session_description(const BodyPart& part);

// The session description of an offer or an answer: the last part of that type and disposition (in
// multipart/alternative the last is the best). Empty: there is none.
std::string_view session_description(const Message& message);

}  // namespace sip
