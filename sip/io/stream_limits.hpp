// What strangers may take of us over streams.
#pragma once

#include <cstddef>

#include "base/time.hpp"
#include "sip/message/parser.hpp"

namespace sip {

struct StreamLimits {
    Limits message;
    std::size_t connections = 10'000;                           // of one shard, accepted and opened
    std::size_t connections_per_source = 200;                   // accepted by one shard from one address
    std::size_t write_queue = 1024 * 1024;                      // bytes that a peer has not read, and our own
    base::Duration idle = std::chrono::minutes{10};             // without traffic
    base::Duration partial_message = std::chrono::seconds{10};  // from a message's first byte to its last
    base::Duration connect = std::chrono::seconds{5};
    base::Duration handshake = std::chrono::seconds{5};  // of TLS, and then the request for a WebSocket
    std::size_t handshakes = 1000;                       // of TLS, of those who connected, at once
    base::Duration ping = std::chrono::seconds{30};      // a WebSocket from which nothing comes for so long is asked
    base::Duration pong = std::chrono::seconds{10};      // for it to answer
    base::Duration linger = std::chrono::seconds{1};     // for the peer to read our last answer and close
};

}  // namespace sip
