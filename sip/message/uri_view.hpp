// The parts of a URI as views into its text: the one grammar behind Uri::parse and behind the checks of the message
// parser, which must not allocate. RFC 3261 §19.1.1, §25.1; RFC 5954 for IPv6; RFC 3966 for tel.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sip/message/uri.hpp"

namespace sip {

struct HostPort {
    std::string_view host;  // without brackets
    std::uint16_t port = 0;
    bool is_v6 = false;
    std::string_view rest;  // what stands behind

    // "name", "192.0.2.1:5060" or "[2001:db8::1]:5060" at the front of `text`. With `blanks`, they may stand around
    // the colon (sent-by of Via).
    static std::optional<HostPort> read(std::string_view text, bool blanks = false);
};

struct UriView {
    Uri::Scheme scheme = Uri::Scheme::other;
    std::string_view scheme_text;
    std::string_view user;
    std::string_view password;
    HostPort host_port;
    std::string_view parameters;
    std::string_view headers;
    bool has_user = false;
    bool has_password = false;

    static std::optional<UriView> read(std::string_view text);
};

}  // namespace sip
