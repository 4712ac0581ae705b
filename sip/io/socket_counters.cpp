#include "sip/io/socket_counters.hpp"

namespace sip {

std::string_view to_text(SocketDrop drop) {
    switch (drop) {
        case SocketDrop::keepalive:
            return "keepalive";
        case SocketDrop::send_failed:
            return "send_failed";
        case SocketDrop::send_later:
            return "send_later";
        case SocketDrop::no_connection:
            return "no_connection";
        case SocketDrop::connection_limit:
            return "connection_limit";
        case SocketDrop::source_limit:
            return "source_limit";
        case SocketDrop::accept_failed:
            return "accept_failed";
        case SocketDrop::connect_failed:
            return "connect_failed";
        case SocketDrop::write_queue:
            return "write_queue";
        case SocketDrop::idle:
            return "idle";
        case SocketDrop::partial_message:
            return "partial_message";
        case SocketDrop::broken_stream:
            return "broken_stream";
        case SocketDrop::tls_handshake:
            return "tls_handshake";
        case SocketDrop::tls_certificate:
            return "tls_certificate";
        case SocketDrop::tls_timeout:
            return "tls_timeout";
        case SocketDrop::tls_limit:
            return "tls_limit";
        case SocketDrop::tls_record:
            return "tls_record";
        case SocketDrop::websocket_refused:
            return "websocket_refused";
        case SocketDrop::websocket_timeout:
            return "websocket_timeout";
        case SocketDrop::websocket_protocol:
            return "websocket_protocol";
        case SocketDrop::websocket_too_big:
            return "websocket_too_big";
        case SocketDrop::websocket_pong:
            return "websocket_pong";
    }
    return "unknown";
}

}  // namespace sip
