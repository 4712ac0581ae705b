// What the SIP sockets of one shard count: why something went no further, and what is open.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip/transport.hpp"

namespace sip {

enum class SocketDrop : std::uint8_t {
    keepalive,           // a datagram of nothing but CR, LF and NUL
    send_failed,         // the kernel refused a datagram, and would again: no route, too large
    send_later,          // the kernel had no room for a datagram now: SIP sends it again
    no_connection,       // a response for a connection that is closed
    connection_limit,    // accepted and closed at once
    source_limit,        // the same, for one source
    accept_failed,       // no descriptor left
    connect_failed,      // refused, or no answer in time
    write_queue,         // the peer does not read: closed
    idle,                // no traffic: closed
    partial_message,     // a message begun did not end in time: closed
    broken_stream,       // framing lost: answered and closed
    tls_handshake,       // no TLS, or none that both sides speak: closed
    tls_certificate,     // the peer's is not good, of somebody else, or missing: closed
    tls_timeout,         // the handshake did not end in time: closed
    tls_limit,           // accepted and closed at once: too many handshakes
    tls_record,          // TLS broke after its handshake: closed
    websocket_refused,   // no WebSocket, or none for SIP, or not from there: answered in HTTP and closed
    websocket_timeout,   // the request for it did not end in time: closed
    websocket_protocol,  // frames that are none, text that is no UTF-8: closed
    websocket_too_big,   // a message past the limit: closed
    websocket_pong       // a ping was not answered: closed
};
inline constexpr std::size_t socket_drop_count = 22;
std::string_view to_text(SocketDrop drop);  // a metric label: "keepalive", …

struct SocketCounters {
    std::array<std::uint64_t, socket_drop_count> drops{};
    std::uint64_t datagrams_in = 0;
    std::uint64_t datagrams_out = 0;
    std::size_t connections = 0;                              // open or being opened
    std::array<std::size_t, transport_count> by_transport{};  // the same

    void count(SocketDrop drop) { ++drops[static_cast<std::size_t>(drop)]; }
    std::uint64_t of(SocketDrop drop) const { return drops[static_cast<std::size_t>(drop)]; }
    std::size_t& of(Transport transport) { return by_transport[static_cast<std::size_t>(transport)]; }
    std::size_t of(Transport transport) const { return by_transport[static_cast<std::size_t>(transport)]; }
};

}  // namespace sip
