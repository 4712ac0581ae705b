// Short ways to say a description in a test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sip/sdp/parser.hpp"

namespace sip::sdp::testing {

inline const std::string head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

// A description of `body`'s lines below a plain session part.
inline std::string below_head(std::string_view body) { return head + std::string{body}; }

inline Session parsed(std::string_view text) {
    auto session = parse(text);
    if (!session) {
        ADD_FAILURE() << session.error().text << "\n" << text;
        return {};
    }
    return *session;
}
inline Session session_with(std::string_view body) { return parsed(below_head(body)); }

// Why it is refused, without the section that each refusal ends with.
inline std::string refusal_of(std::string_view text, const Limits& limits = {}) {
    constexpr std::string_view section = " (RFC 8866 §5)";
    const auto session = parse(text, limits);
    if (session) { return "accepted"; }
    const std::string why = session.error().text;
    return why.ends_with(section) ? why.substr(0, why.size() - section.size()) : why + " without a section";
}

}  // namespace sip::sdp::testing
