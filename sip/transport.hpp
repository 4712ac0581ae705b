// What the cores know of transports: which kind, from where to where. No socket here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.hpp"
#include "base/strong_id.hpp"

namespace sip {

enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss };
inline constexpr std::size_t transport_count = 5;

constexpr bool is_reliable(Transport transport) { return transport != Transport::udp; }
constexpr bool is_secure(Transport transport) { return transport == Transport::tls || transport == Transport::wss; }
constexpr bool is_websocket(Transport transport) { return transport == Transport::ws || transport == Transport::wss; }
// Messages are told apart by their Content-Length: not in datagrams, nor in WebSocket frames (RFC 7118 §5.3).
constexpr bool is_stream(Transport transport) { return transport == Transport::tcp || transport == Transport::tls; }
std::string_view to_text(Transport transport);                    // "udp": configuration, metric label
std::string_view to_via_text(Transport transport);                // "UDP": Via
std::string_view to_uri_text(Transport transport);                // "ws" also where it is secure (RFC 7118 §5.1)
std::optional<Transport> parse_transport(std::string_view text);  // any case
constexpr std::uint16_t default_port(Transport transport) {
    if (is_websocket(transport)) { return is_secure(transport) ? 443 : 80; }  // RFC 7118 §5.1
    return is_secure(transport) ? 5061 : 5060;
}

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
