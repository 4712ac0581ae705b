// IP addresses, endpoints and subnets as values: no socket, no resolver.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace base {

class IpAddress {
public:
    constexpr IpAddress() = default;  // 0.0.0.0
    static constexpr IpAddress v4(std::array<std::uint8_t, 4> octets) {
        IpAddress address;
        for (std::size_t i = 0; i < 4; ++i) { address.bytes_[i] = octets[i]; }
        return address;
    }
    static constexpr IpAddress v6(std::array<std::uint8_t, 16> octets) {
        IpAddress address;
        address.bytes_ = octets;
        address.is_v6_ = true;
        return address;
    }
    // "192.0.2.1" or "2001:db8::1"; no brackets, no zone, no name.
    static std::optional<IpAddress> parse(std::string_view text);

    constexpr bool is_v6() const { return is_v6_; }
    bool is_unspecified() const;
    bool is_loopback() const;
    bool is_multicast() const;
    // ::ffff:192.0.2.1 becomes 192.0.2.1; everything else stays.
    IpAddress unmapped() const;
    // The first 4 (IPv4) or all 16 bytes, in network order.
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    std::string to_string() const;    // without brackets
    std::string to_uri_host() const;  // IPv6 in brackets
    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    bool is_v6_ = false;
};

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    // "192.0.2.1:5060" or "[2001:db8::1]:5060"; the port is required.
    static std::optional<Endpoint> parse(std::string_view text);
    std::string to_string() const;
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

struct Subnet {
    IpAddress network;
    unsigned prefix = 0;  // bits

    // "198.51.100.0/24", or a bare address as a host route.
    static std::optional<Subnet> parse(std::string_view text);
    bool contains(const IpAddress& address) const;
    std::string to_string() const;
    friend auto operator<=>(const Subnet&, const Subnet&) = default;
};

}  // namespace base

template <>
struct std::hash<base::Endpoint> {
    std::size_t operator()(const base::Endpoint& endpoint) const noexcept;
};
