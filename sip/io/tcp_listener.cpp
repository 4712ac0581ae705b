#include "sip/io/tcp_listener.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <chrono>

namespace sip {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds rest_without_descriptors{100};

void bind_acceptor(tcp::acceptor& acceptor, Transport transport, const base::Endpoint& at, bool reuse_port) {
    boost::system::error_code error;
    const tcp::endpoint endpoint = to_tcp(at);
    const auto check = [&] {
        if (error) { throw ListenError{transport, at, error}; }
    };
    acceptor.open(endpoint.protocol(), error);
    check();
    acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (at.address.is_v6()) { acceptor.set_option(asio::ip::v6_only{true}, error); }
    const int on = 1;
    if (reuse_port) { setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on); }
    acceptor.bind(endpoint, error);
    check();
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    check();
}

}  // namespace

TcpListener::TcpListener(asio::io_context& context, Transport transport, const base::Endpoint& at, Share share,
                         SocketCounters& counters, TcpFlows& flows)
    : acceptor_{context}, rest_{context}, transport_{transport}, counters_{counters}, flows_{flows} {
    if (share == Share::first && at.port != 0) {
        tcp::acceptor probe{context};
        bind_acceptor(probe, transport, at, false);
    }
    bind_acceptor(acceptor_, transport, at, share != Share::alone);
    local_ = from_asio(acceptor_.local_endpoint());
}

void TcpListener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    rest_.cancel();
}

void TcpListener::accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
        if (!acceptor_.is_open()) { return; }
        on_accepted(error, std::move(socket));
    });
}

void TcpListener::on_accepted(const boost::system::error_code& error, tcp::socket socket) {
    if (error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system ||
        error == asio::error::no_buffer_space || error == asio::error::no_memory) {
        counters_.count(SocketDrop::accept_failed);
        rest();
        return;
    }
    boost::system::error_code gone;
    const tcp::endpoint local = error ? tcp::endpoint{} : socket.local_endpoint(gone);
    const tcp::endpoint remote = error || gone ? tcp::endpoint{} : socket.remote_endpoint(gone);
    if (!error && !gone) { flows_.adopt(transport_, std::move(socket), from_asio(local), from_asio(remote)); }
    accept();
}

void TcpListener::rest() {
    rest_.expires_after(rest_without_descriptors);
    rest_.async_wait([this](const boost::system::error_code& error) {
        if (!error) { accept(); }
    });
}

}  // namespace sip
