#include "sip/io/tcp_connection.hpp"

#include <boost/asio/buffer.hpp>

namespace sip {

namespace asio = boost::asio;

TcpConnection::Write TcpConnection::flush(base::Instant now) {
    while (!queue_.empty()) {
        const std::string& bytes = queue_.front().bytes;
        boost::system::error_code error;
        const std::size_t written =
            socket_.write_some(asio::buffer(bytes.data() + written_of_first_, bytes.size() - written_of_first_), error);
        if (error == asio::error::would_block || error == asio::error::try_again) { return Write::blocked; }
        if (error) { return Write::failed; }
        last_traffic_ = now;
        queued_bytes_ -= written;
        written_of_first_ += written;
        if (written_of_first_ < bytes.size()) { continue; }
        written_of_first_ = 0;
        if (queue_.front().is_pong) { pong_waits_ = false; }
        queue_.pop_front();
    }
    return Write::done;
}

void TcpConnection::note_partial(base::Instant now, bool message_ended) {
    if (!framer_.has_partial_message()) {
        partial_since_ = base::never;
    } else if (message_ended || partial_since_ == base::never) {
        partial_since_ = now;
    }
}

}  // namespace sip
