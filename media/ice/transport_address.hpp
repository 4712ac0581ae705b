// A transport address (RFC 8445 §4): where, and over which protocol. The same address and port over UDP and over TCP
// are two of them, which know nothing of each other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/ip.hpp"

namespace media {

enum class Protocol : std::uint8_t { udp, tcp };

struct TransportAddress {
    TransportAddress() = default;
    // Of datagrams, where nothing else is said: streams are few and known to be such.
    TransportAddress(const base::Endpoint& at, Protocol over = Protocol::udp) : endpoint{at}, protocol{over} {}

    base::Endpoint endpoint;
    Protocol protocol = Protocol::udp;
    friend bool operator==(const TransportAddress&, const TransportAddress&) = default;
};

inline std::optional<base::Endpoint> endpoint_of(const std::optional<TransportAddress>& address) {
    return address ? std::optional{address->endpoint} : std::nullopt;
}

}  // namespace media

template <>
struct std::hash<media::TransportAddress> {
    std::size_t operator()(const media::TransportAddress& address) const noexcept {
        return std::hash<base::Endpoint>{}(address.endpoint) ^ static_cast<std::size_t>(address.protocol);
    }
};
