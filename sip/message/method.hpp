// Request methods this server knows by name: RFC 3261 §7.1 and the extensions it serves. Names are case-sensitive.
#pragma once

#include <cstdint>
#include <string_view>

namespace sip {

// clang-format off
enum class Method : std::uint8_t {
    invite, ack, bye, cancel, options, register_, info, message, prack, update, refer, subscribe, notify, publish,
    other
};
// clang-format on

Method parse_method(std::string_view text);  // `other` for what is unknown
std::string_view to_text(Method method);     // "" for `other`

}  // namespace sip
