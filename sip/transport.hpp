// What the cores know of transports: which kind, from where to where. No socket here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.hpp"
#include "base/strong_id.hpp"

namespace sip {

enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss };

constexpr bool is_reliable(Transport transport) { return transport != Transport::udp; }
constexpr bool is_secure(Transport transport) { return transport == Transport::tls || transport == Transport::wss; }
constexpr bool is_websocket(Transport transport) { return transport == Transport::ws || transport == Transport::wss; }
std::string_view to_text(Transport transport);                    // "udp": configuration, URI parameter, metric label
std::string_view to_via_text(Transport transport);                // "UDP": Via
std::optional<Transport> parse_transport(std::string_view text);  // any case
constexpr std::uint16_t default_port(Transport transport) { return is_secure(transport) ? 5061 : 5060; }

// One way to a peer. `connection` names an open stream; 0 for datagrams, or for a stream that the driver shall find
// open towards `remote`, or open. A request whose stream is gone is treated as with 0.
struct Flow {
    Transport transport = Transport::udp;
    base::Endpoint local;  // the listening address that the peer sees; unspecified: the driver chooses
    base::Endpoint remote;
    std::uint64_t connection = 0;
    std::string domain{};  // of a secure stream: whom its peer has to be (RFC 5922 §7.3); empty: anybody

    friend bool operator==(const Flow&, const Flow&) = default;
};

using TransactionId = base::StrongId<struct TransactionTag>;

// One message to put on the wire. A failure to send is reported with its `transaction`, if it has one.
struct Outgoing {
    Flow flow;
    std::string bytes;
    TransactionId transaction;
};

}  // namespace sip
