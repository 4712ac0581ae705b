// Durations, sizes, addresses and names as operators write them, and back. Nullopt for anything else.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "config/config.hpp"

namespace config {

std::optional<base::Duration> parse_duration(std::string_view text);  // 500ms 5s 10m 1h; a bare 0
std::string format_duration(base::Duration duration);                 // in the largest unit that is exact
std::optional<std::size_t> parse_size(std::string_view text);         // 65536, 64KiB, 4MiB, 1GiB
std::string format_size(std::size_t bytes);
std::optional<bool> parse_flag(std::string_view text);             // true false yes no on off
std::optional<PortRange> parse_port_range(std::string_view text);  // 20000-29999
std::optional<Listener> parse_listener(std::string_view text);     // udp://192.0.2.1:5060, tls://[::1], ws://, wss://

// udp://host:9060, the host a name or an address, IPv6 in brackets and given without.
std::optional<std::pair<std::string, std::uint16_t>> parse_udp_url(std::string_view text);

bool is_host(std::string_view text);         // a name or an address, IPv6 without brackets
bool is_sip_uri(std::string_view text);      // sip:[user@]host[:port][;transport=udp|tcp|tls], sips:
bool is_secure_uri(std::string_view text);   // of these, one that is reached under TLS
bool is_origin(std::string_view text);       // of a web page, as browsers write it: https://host[:port]
bool is_header_name(std::string_view text);  // RFC 3261 §25.1 token
bool has_control(std::string_view text);     // CR, LF, NUL and their like

}  // namespace config
