// What is late on the connections: found by looking at all of them now and then.
#include <algorithm>
#include <vector>

#include "sip/io/tcp_flows.hpp"

namespace sip {

using base::Clock;
using State = TcpConnection::State;

namespace {

base::Duration sweep_interval(const StreamLimits& limits) {
    const base::Duration shortest = std::min({limits.idle, limits.partial_message, limits.connect, limits.handshake,
                                              limits.linger, limits.ping, limits.pong});
    return std::clamp<base::Duration>(shortest / 4, std::chrono::milliseconds{5}, std::chrono::seconds{1});
}

}  // namespace

void TcpFlows::arm_sweep() {
    if (sweeping_ || closed_) { return; }
    sweeping_ = true;
    sweep_.expires_after(sweep_interval(limits_));
    sweep_.async_wait([this](const boost::system::error_code& error) {
        sweeping_ = false;
        if (error) { return; }
        sweep(Clock::now());
        if (!connections_.empty()) { arm_sweep(); }
    });
}

void TcpFlows::sweep(base::Instant now) {
    std::vector<std::pair<Id, SocketDrop>> late;
    std::vector<Id> silent;
    for (const auto& [id, connection] : connections_) {
        if (const auto why = overdue(*connection, now)) {
            late.emplace_back(id, *why);
        } else if (connection->websocket() != nullptr && now - connection->last_heard() >= limits_.ping) {
            silent.push_back(id);
        }
    }
    for (const Id id : silent) { ask_websocket(*find(id), now); }
    for (const auto& [id, why] : late) {
        if (why == SocketDrop::tls_timeout) { tell_failure(*find(id), "no handshake in time"); }
        // A broken or lingering connection was counted when it broke.
        if (why == SocketDrop::broken_stream) {
            close(id);
        } else {
            close(id, why);
        }
    }
}

std::optional<SocketDrop> TcpFlows::overdue(const TcpConnection& connection, base::Instant now) const {
    switch (connection.state()) {
        case State::connecting:
            if (now - connection.state_since() >= limits_.connect) { return SocketDrop::connect_failed; }
            return std::nullopt;
        case State::securing:
            if (now - connection.state_since() >= limits_.handshake) { return SocketDrop::tls_timeout; }
            return std::nullopt;
        case State::upgrading:
            if (now - connection.state_since() >= limits_.handshake) { return SocketDrop::websocket_timeout; }
            return std::nullopt;
        case State::broken:
        case State::lingering:
            if (now - connection.state_since() >= limits_.linger) { return SocketDrop::broken_stream; }
            return std::nullopt;
        case State::open:
            return overdue_open(connection, now);
    }
    return std::nullopt;
}

// A WebSocket is never idle: it is asked whether it is there.
std::optional<SocketDrop> TcpFlows::overdue_open(const TcpConnection& connection, base::Instant now) const {
    if (!is_websocket(connection.flow().transport)) {
        if (now - connection.last_traffic() >= limits_.idle) { return SocketDrop::idle; }
    } else if (connection.pinged > connection.last_heard() && now - connection.pinged >= limits_.pong) {
        return SocketDrop::websocket_pong;
    }
    if (connection.partial_since() != base::never && now - connection.partial_since() >= limits_.partial_message) {
        return SocketDrop::partial_message;
    }
    return std::nullopt;
}

}  // namespace sip
