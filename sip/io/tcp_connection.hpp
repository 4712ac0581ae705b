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
#include "sip/message/stream_framer.hpp"
#include "sip/tls/session.hpp"
#include "sip/transport.hpp"

namespace sip {

class TcpConnection {
public:
    enum class State : std::uint8_t {
        connecting,
        securing,  // the handshake of TLS goes on
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

    // `tls`: null for a plain connection.
    TcpConnection(boost::asio::ip::tcp::socket socket, std::unique_ptr<TlsSession> tls, State state, Flow flow,
                  const Limits& limits, bool accepted, base::Instant now)
        : socket_{std::move(socket)},
          tls_{std::move(tls)},
          flow_{std::move(flow)},
          framer_{limits},
          state_{state},
          was_open_{state == State::open},
          accepted_{accepted},
          last_traffic_{now},
          state_since_{now} {}

    boost::asio::ip::tcp::socket& socket() { return socket_; }
    TlsSession* tls() { return tls_.get(); }
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
    // Writes what the kernel takes: under TLS first of all what the session itself has to say, messages when it is
    // open.
    Write flush(base::Instant now);
    // What the queue takes of us: a short message is mostly book-keeping.
    std::size_t queued_bytes() const {
        return queued_bytes_ + sealed_.size() - written_ + queue_.size() * sizeof(Unsent);
    }
    const std::deque<Unsent>& unsent() const { return queue_; }

    void on_traffic(base::Instant now) { last_traffic_ = now; }
    // After each read: whether a message has begun that has not ended.
    void note_partial(base::Instant now, bool message_ended);
    base::Instant last_traffic() const { return last_traffic_; }
    base::Instant partial_since() const { return partial_since_; }  // never: none
    base::Instant state_since() const { return state_since_; }

    bool waits_to_write = false;  // an async_wait for it is under way

private:
    Write flush_plain(base::Instant now);
    Write flush_sealed(base::Instant now);
    Write write_rest(std::string_view bytes, base::Instant now);
    void pop();

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<TlsSession> tls_;
    Flow flow_;
    StreamFramer framer_;
    State state_;
    bool was_open_;
    bool accepted_;
    std::deque<Unsent> queue_;
    std::size_t queued_bytes_ = 0;  // of all messages, as they were given
    std::string sealed_;            // under TLS: what is being written, with the first message, or without one
    bool first_is_sealed_ = false;
    std::size_t written_ = 0;  // of `sealed_`, or of the first message
    bool pong_waits_ = false;
    base::Instant last_traffic_;
    base::Instant partial_since_ = base::never;
    base::Instant state_since_;
};

}  // namespace sip
