// Via: RFC 3261 §20.42, §18.2; rport and received by RFC 3581; IPv6 forms by RFC 5118 §4.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

inline constexpr std::string_view magic_cookie = "z9hG4bK";

struct Via {
    std::string transport;   // "UDP", "TCP", "TLS", "WS", "WSS" or whatever came
    std::string host;        // without brackets
    std::uint16_t port = 0;  // 0: none written
    std::string branch;
    std::string received;  // without brackets
    std::optional<std::uint16_t> rport_value;
    bool rport = false;      // asked for, with or without a value
    std::string parameters;  // all of them as written, those above included

    static std::optional<Via> parse(std::string_view value);
    bool has_magic_cookie() const { return branch.starts_with(magic_cookie) && branch.size() > magic_cookie.size(); }
    std::string to_string() const;
    void set_received(std::string_view address);  // and keeps `parameters` in step
    void set_rport(std::uint16_t port);
};

}  // namespace sip
