// From, To, Contact, Route, Refer-To, P-Asserted-Identity …: [display name] <uri> ;parameters (RFC 3261 §20.10, §25.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sip/message/uri.hpp"

namespace sip {

struct NameAddr {
    std::string display;  // unquoted and unescaped; empty: none
    Uri uri;
    std::string parameters;  // header parameters, ";tag=x", with the first semicolon, as written
    bool wildcard = false;   // Contact: *

    static std::optional<NameAddr> parse(std::string_view value);
    // Always with angle brackets; the display name quoted and escaped.
    std::string to_string() const;

    std::optional<std::string_view> parameter(std::string_view name) const;
    void set_parameter(std::string_view name, std::string_view value);
    void remove_parameter(std::string_view name);
    std::string_view tag() const { return parameter("tag").value_or(std::string_view{}); }
};

// The tag of a From or To value without building a NameAddr; empty where there is none.
std::string_view tag_of(std::string_view from_or_to);

// In ";a=1;b=\"x;y\";c" style parameter text: the value of `name`, without quotes' removal.
std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name);

}  // namespace sip
