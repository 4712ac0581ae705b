// One TCP connection, under TLS or not: its socket, what it has read of a message, what waits to be written. Writes go
// straight to the kernel and queue only what it does not take. Who reads, waits and closes: TcpFlows.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "sip/io/stream_limits.hpp"
#include "sip/io/websocket_session.hpp"
#include "sip/message/stream_framer.hpp"
#include "sip/tls/session.hpp"
#include "sip/transport.hpp"

namespace sip {

class TcpConnection {
public:
    enum class State : std::uint8_t {
        connecting,
        securing,   // the handshake of TLS goes on
        upgrading,  // a WebSocket is to be asked for
        open,
        broken,    // framing lost: the next thing written is the last
        lingering  // all is written and our side shut: reads and forgets until the peer closes too
    };
    // A message of which not every byte is with the kernel.
    struct Unsent {
        std::string bytes;
        TransactionId transaction;
        unsigned origin = 0;  // shard that asked
        bool is_pong = false;
    };
    enum class Write : std::uint8_t { done, blocked, failed };

    // What lies between the wire and the messages; null: nothing.
    struct Layers {
        std::unique_ptr<TlsSession> tls;
        std::unique_ptr<WebSocketSession> websocket;
    };

    TcpConnection(boost::asio::ip::tcp::socket socket, Layers layers, State state, Flow flow, const Limits& limits,
                  bool accepted, base::Instant now)
        : socket_{std::move(socket)},
          tls_{std::move(layers.tls)},
          websocket_{std::move(layers.websocket)},
          flow_{std::move(flow)},
          framer_{limits},
          state_{state},
          was_open_{state == State::open},
          accepted_{accepted},
          last_traffic_{now},
          last_heard_{now},
          state_since_{now} {}

    boost::asio::ip::tcp::socket& socket() { return socket_; }
    TlsSession* tls() { return tls_.get(); }
    WebSocketSession* websocket() { return websocket_.get(); }
    // What was read, with TLS taken off.
    void take(std::string_view plain);
    // All of it is used up. More is read then only: a peer faster than us waits.
    bool is_hungry() const { return !websocket_ || state_ > State::open || websocket_->is_hungry(); }
    StreamFramer& framer() { return framer_; }
    const Flow& flow() const { return flow_; }
    bool accepted() const { return accepted_; }
    State state() const { return state_; }
    void enter(State state, base::Instant now) {
        state_ = state;
        state_since_ = now;
        was_open_ = was_open_ || state == State::open;
    }
    bool was_open() const { return was_open_; }  // else nobody has known it

    void queue(Unsent unsent) {
        queued_bytes_ += unsent.bytes.size();
        queue_.push_back(std::move(unsent));
    }
    // The answer to a ping (RFC 5626 §3.5.1). One that still waits says to a peer that does not read all that a second
    // would.
    void queue_pong() {
        if (!std::exchange(pong_waits_, true)) { queue({"\r\n", {}, 0, true}); }
    }
    // Writes what the kernel takes: first of all what TLS and the WebSocket themselves have to say, messages when they
    // are open.
    Write flush(base::Instant now);
    // What the queue takes of us: a short message is mostly book-keeping.
    std::size_t queued_bytes() const {
        const std::size_t framed = websocket_ ? websocket_->output_size() : 0;
        return queued_bytes_ + framed + sealed_.size() - written_ + queue_.size() * sizeof(Unsent);
    }
    const std::deque<Unsent>& unsent() const { return queue_; }

    void on_heard(base::Instant now) { last_traffic_ = last_heard_ = now; }
    // After each read: whether a message has begun that has not ended.
    void note_partial(base::Instant now, bool message_ended);
    base::Instant last_traffic() const { return last_traffic_; }
    base::Instant last_heard() const { return last_heard_; }
    base::Instant partial_since() const { return partial_since_; }  // never: none
    base::Instant state_since() const { return state_since_; }

    bool waits_to_write = false;  // an async_wait for it is under way
    bool waits_to_read = false;
    base::Instant pinged{};  // when we last asked whether the peer of a WebSocket is there

private:
    Write flush_plain(base::Instant now);
    Write flush_layers(base::Instant now);
    Write write_rest(std::string_view bytes, base::Instant now);
    void collect_output();
    bool takes_message() const;
    bool hand_over_first();
    void pop();

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<TlsSession> tls_;
    std::unique_ptr<WebSocketSession> websocket_;
    Flow flow_;
    StreamFramer framer_;
    State state_;
    bool was_open_;
    bool accepted_;
    std::deque<Unsent> queue_;
    std::size_t queued_bytes_ = 0;  // of all messages, as they were given
    std::string sealed_;            // under layers: what is being written, with the first message, or without one
    bool first_is_sealed_ = false;  // it has been handed to them
    std::size_t written_ = 0;       // of `sealed_`, or of the first message
    bool pong_waits_ = false;
    base::Instant last_traffic_;
    base::Instant last_heard_;
    base::Instant partial_since_ = base::never;
    base::Instant state_since_;
};

}  // namespace sip
