#include "sip/io/tcp_connection.hpp"

#include <boost/asio/buffer.hpp>

namespace sip {

namespace asio = boost::asio;

void TcpConnection::take(std::string_view plain) {
    if (websocket_) {
        websocket_->receive(plain);
    } else {
        framer_.push(plain);
    }
}

TcpConnection::Write TcpConnection::flush(base::Instant now) {
    return tls_ || websocket_ ? flush_layers(now) : flush_plain(now);
}

TcpConnection::Write TcpConnection::flush_plain(base::Instant now) {
    while (!queue_.empty()) {
        const Write result = write_rest(queue_.front().bytes, now);
        if (result != Write::done) { return result; }
        pop();
    }
    return Write::done;
}

// A message is framed and sealed when its turn has come: it is one that was sent only when all of that is with the
// kernel.
TcpConnection::Write TcpConnection::flush_layers(base::Instant now) {
    for (;;) {
        collect_output();
        const Write result = write_rest(sealed_, now);
        if (result != Write::done) { return result; }
        sealed_ = std::string{};  // an idle connection holds none
        if (first_is_sealed_ && websocket_ && websocket_->is_sending()) { return Write::done; }  // it will say so
        if (std::exchange(first_is_sealed_, false)) { pop(); }
        if (tls_ && tls_->state() == TlsSession::State::failed) { return Write::failed; }
        if (queue_.empty() || !takes_message()) { return Write::done; }
        first_is_sealed_ = hand_over_first();
    }
}

void TcpConnection::collect_output() {
    std::string framed = websocket_ ? websocket_->take_output() : std::string{};
    if (!tls_) {
        sealed_ += framed;
        return;
    }
    if (!framed.empty()) { tls_->send(framed); }
    sealed_ += tls_->take_output();
}

bool TcpConnection::takes_message() const {
    if (tls_ && tls_->state() != TlsSession::State::open) { return false; }
    return !websocket_ || (websocket_->state() == WebSocketSession::State::open && !websocket_->is_sending());
}

bool TcpConnection::hand_over_first() {
    if (!websocket_) { return tls_->send(queue_.front().bytes) == TlsSession::State::open; }
    websocket_->send(queue_.front().bytes);
    return true;
}

// What was not written yet of `bytes`.
TcpConnection::Write TcpConnection::write_rest(std::string_view bytes, base::Instant now) {
    while (written_ < bytes.size()) {
        boost::system::error_code error;
        written_ += socket_.write_some(asio::buffer(bytes.data() + written_, bytes.size() - written_), error);
        if (error == asio::error::would_block || error == asio::error::try_again) { return Write::blocked; }
        if (error) { return Write::failed; }
        last_traffic_ = now;
    }
    written_ = 0;
    return Write::done;
}

void TcpConnection::pop() {
    queued_bytes_ -= queue_.front().bytes.size();
    if (queue_.front().is_pong) { pong_waits_ = false; }
    queue_.pop_front();
}

void TcpConnection::note_partial(base::Instant now, bool message_ended) {
    if (websocket_ ? !websocket_->has_partial_message() : !framer_.has_partial_message()) {
        partial_since_ = base::never;
    } else if (message_ended || partial_since_ == base::never) {
        partial_since_ = now;
    }
}

}  // namespace sip
