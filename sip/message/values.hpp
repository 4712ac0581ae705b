// Small values that several readers need: numbers at the front of a field, tokens in comma lists. The parser has
// refused what is malformed in Max-Forwards and Expires; in other fields what is malformed reads as absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sip/message/list_fields.hpp"
#include "sip/message/message.hpp"

namespace sip {

// "90", "90;refresher=uac", "5 (I'm in a meeting);duration=60": delta-seconds of Session-Expires, Retry-After, Min-SE …
std::optional<std::uint32_t> parse_delta_seconds(std::string_view value);

std::optional<std::uint8_t> max_forwards(const Message& message);

// "application/sdp" of "application/SDP; charset=utf-8": without parameters, compare without case.
std::string_view media_type(std::string_view content_type);

// Calls visit(std::string_view token) for each element of all fields `id`, those that add() was given whole included.
template <class Visit>
void for_each_token(const Message& message, HeaderId id, Visit&& visit) {
    message.for_each(id, [&](std::string_view value) {
        ListReader list{value};
        while (const auto token = list.next()) {
            if (!token->empty()) { visit(*token); }
        }
    });
}

// Is `token` (an option tag, a method) in the list? Without case.
bool has_token(const Message& message, HeaderId id, std::string_view token);

}  // namespace sip
