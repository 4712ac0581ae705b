// A TCP listener, of TLS or not: accepts as long as there are descriptors, and rests a moment when there are none.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "sip/io/socket_address.hpp"
#include "sip/io/tcp_flows.hpp"

namespace sip {

class TcpListener {
public:
    // Binds; throws ListenError. `flows` and `counters` outlive the listener, the listener the run of `context`.
    TcpListener(boost::asio::io_context& context, Transport transport, const base::Endpoint& at, Share share,
                SocketCounters& counters, TcpFlows& flows);
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;

    void start() { accept(); }
    void close();
    const base::Endpoint& local() const { return local_; }

private:
    void accept();
    void on_accepted(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
    void rest();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer rest_;
    const Transport transport_;
    base::Endpoint local_;
    SocketCounters& counters_;
    TcpFlows& flows_;
};

}  // namespace sip
