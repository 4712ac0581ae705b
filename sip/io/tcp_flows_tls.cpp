// What TLS adds to the connections: bytes of the wire to bytes of SIP and back, its failures, its end.
#include "sip/io/tcp_flows.hpp"

namespace sip {

using base::Clock;
using State = TcpConnection::State;

namespace {

SocketDrop drop_of(TlsSession::Fault fault) {
    switch (fault) {
        case TlsSession::Fault::certificate:
            return SocketDrop::tls_certificate;
        case TlsSession::Fault::record:
            return SocketDrop::tls_record;
        default:
            return SocketDrop::tls_handshake;
    }
}

}  // namespace

// True: there are new bytes to look at. What the session has to say for itself, and the messages that waited for the
// end of the handshake, are written at once.
bool TcpFlows::receive_sealed(TcpConnection& connection, std::string_view wire) {
    plain_.clear();
    const TlsSession::State state = connection.tls()->receive(wire, plain_);
    if (state == TlsSession::State::failed) {
        fail_tls(connection);
        return false;
    }
    const bool done = connection.state() == State::securing && state != TlsSession::State::handshake;
    if (done) { leave_handshake(connection, connection.websocket() == nullptr ? State::open : State::upgrading); }
    if (!plain_.empty()) { connection.take(plain_); }
    const Id id = connection.flow().connection;
    on_queued(connection);
    return find(id) != nullptr;
}

void TcpFlows::leave_handshake(TcpConnection& connection, State state) {
    if (connection.state() == State::securing && connection.accepted()) { --handshakes_; }
    connection.enter(state, Clock::now());
}

// Who connected to us is told why: closing with bytes unread would overtake the alert. Where we connected, requests
// wait to be sent another way.
void TcpFlows::fail_tls(TcpConnection& connection) {
    counters_.count(drop_of(connection.tls()->fault()));
    tell_failure(connection, connection.tls()->why());
    connection.flush(Clock::now());
    if (!connection.accepted()) { return close(connection.flow().connection); }
    leave_handshake(connection, State::broken);
    finish_broken(connection);
}

void TcpFlows::tell_failure(const TcpConnection& connection, std::string_view why) {
    if (events_.on_tls_failure) { events_.on_tls_failure({connection.flow(), connection.accepted(), why}); }
}

// The peer's close_notify, behind its last message.
void TcpFlows::close_if_ended(Id id) {
    TcpConnection* const connection = find(id);
    if (connection == nullptr || connection->tls() == nullptr || !connection->is_hungry()) { return; }
    if (connection->state() != State::open && connection->state() != State::upgrading) { return; }
    if (connection->tls()->state() == TlsSession::State::closed) { close(id); }
}

// Before its socket is closed: our close_notify, as far as the kernel takes it.
void TcpFlows::end_tls(TcpConnection& connection) {
    leave_handshake(connection, connection.state() == State::securing ? State::broken : connection.state());
    connection.tls()->close();
    connection.flush(Clock::now());
}

}  // namespace sip
