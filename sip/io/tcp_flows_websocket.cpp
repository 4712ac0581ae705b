// What WebSocket adds to the connections (RFC 7118): its messages, its keep-alives, its end.
#include "sip/io/tcp_flows.hpp"

namespace sip {

using base::Clock;
using State = TcpConnection::State;

namespace {

constexpr std::string_view line_ends = "\r\n";
constexpr std::string_view ping = "\r\n\r\n";  // RFC 5626 §3.5.1, as phones of today send it over WebSocket too

std::optional<SocketDrop> drop_of(WebSocketSession::Fault fault) {
    switch (fault) {
        case WebSocketSession::Fault::refused:
            return SocketDrop::websocket_refused;
        case WebSocketSession::Fault::protocol:
            return SocketDrop::websocket_protocol;
        case WebSocketSession::Fault::too_big:
            return SocketDrop::websocket_too_big;
        case WebSocketSession::Fault::none:
            break;
    }
    return std::nullopt;
}

}  // namespace

std::unique_ptr<WebSocketSession> TcpFlows::make_websocket(Id id) {
    return std::make_unique<WebSocketSession>(context_, limits_.message.message, origins_,
                                              [this, id] { on_websocket(id); });
}

// Nobody can be reached by a WebSocket but over the one that he opened (RFC 7118 §5.2).
TcpConnection* TcpFlows::websocket_for(const Flow& flow) {
    TcpConnection* const named = find(flow.connection);
    if (named != nullptr && named->flow().transport == flow.transport && named->state() == State::open) {
        return named;
    }
    counters_.count(SocketDrop::no_connection);
    return nullptr;
}

void TcpFlows::on_websocket(Id id) {
    TcpConnection* connection = find(id);
    if (connection == nullptr || connection->state() > State::open) { return; }
    const bool is_up = connection->websocket()->state() == WebSocketSession::State::open;
    if (connection->state() == State::upgrading && is_up) { connection->enter(State::open, Clock::now()); }
    const bool message_ended = deliver_websocket(id);
    connection = find(id);
    if (connection == nullptr) { return; }
    connection->note_partial(Clock::now(), message_ended);
    if (connection->websocket()->state() == WebSocketSession::State::ended) { return on_websocket_ended(*connection); }
    on_queued(*connection);
    close_if_ended(id);
    wait_to_read_more(id);
}

// Whoever gets a message may answer at once, and the answer may close the connection: it is looked up anew each time.
bool TcpFlows::deliver_websocket(Id id) {
    bool any = false;
    while (TcpConnection* const connection = find(id)) {
        const std::optional<std::string> message = connection->websocket()->take_message();
        if (!message) { break; }
        any = true;
        if (*message == ping) {
            connection->queue_pong();
        } else if (*message != line_ends) {
            const Flow flow = connection->flow();
            events_.on_message(*message, flow);
        }
    }
    return any;
}

// What the peer is told of it is written first.
void TcpFlows::on_websocket_ended(TcpConnection& connection) {
    const WebSocketSession& websocket = *connection.websocket();
    if (const auto drop = drop_of(websocket.fault())) { counters_.count(*drop); }
    if (websocket.fault() == WebSocketSession::Fault::refused && events_.on_websocket_refused) {
        events_.on_websocket_refused({connection.flow(), websocket.why()});
    }
    connection.enter(State::broken, Clock::now());
    const Id id = connection.flow().connection;
    on_queued(connection);
    wait_to_read_more(id);
}

// Before its socket is closed: our close frame, as far as the kernel takes it.
void TcpFlows::end_websocket(TcpConnection& connection) {
    if (connection.state() != State::open) { return; }
    connection.websocket()->close();
    connection.flush(Clock::now());
}

void TcpFlows::ask_websocket(TcpConnection& connection, base::Instant now) {
    if (connection.state() != State::open || connection.pinged > connection.last_heard()) { return; }
    connection.pinged = now;
    connection.websocket()->ping();
    on_queued(connection);
}

}  // namespace sip
