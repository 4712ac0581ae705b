// SIP, SIPS and TEL URIs: RFC 3261 §19.1, RFC 3966. Other schemes are kept as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

struct Uri {
    enum class Scheme : std::uint8_t { sip, sips, tel, other };

    Scheme scheme = Scheme::sip;
    std::string user;         // as written, escapes and `;` kept; for tel the number; for other all after the colon
    std::string password;     // without the colon; `has_password` says whether there was one
    std::string host;         // name, IPv4, or IPv6 without brackets
    std::uint16_t port = 0;   // 0: none written
    std::string parameters;   // ";transport=tcp;lr", with its first semicolon, as written
    std::string headers;      // "?Subject=x", with the question mark, as written
    std::string scheme_text;  // for Scheme::other
    bool has_user = false;
    bool has_password = false;
    bool host_is_v6 = false;

    static std::optional<Uri> parse(std::string_view text);
    std::string to_string() const;

    // The value of a URI parameter ("" where it has none); nullopt where absent. Names compare without case.
    std::optional<std::string_view> parameter(std::string_view name) const;
    bool has_parameter(std::string_view name) const { return parameter(name).has_value(); }
    void set_parameter(std::string_view name, std::string_view value);  // empty value: the bare name
    void remove_parameter(std::string_view name);
};

// RFC 3261 §19.1.4: escapes, parameters that must match, order of headers. Not an equivalence: it is not transitive.
bool equivalent(const Uri& a, const Uri& b);

// %41 becomes A. Nullopt where an escape is broken. The result may hold any byte, NUL included.
std::optional<std::string> unescape(std::string_view text);

}  // namespace sip
