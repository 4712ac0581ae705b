// The other end of TLS over a real socket, in either role.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sip/tls/session.hpp"
#include "tests/support/certificates.hpp"
#include "tests/unit/sip_io/sockets.hpp"

namespace sip::test {

inline std::shared_ptr<const TlsContext> make_context(TlsContext::Role role, const TlsSettings& settings) {
    std::string why;
    auto made = TlsContext::make(role, settings, why);
    EXPECT_TRUE(made) << why;
    return made;
}

class TlsPeer {
public:
    TlsPeer(asio::ip::tcp::socket connected, std::shared_ptr<const TlsContext> context)
        : socket{std::move(connected)}, session{*TlsSession::make(std::move(context))} {
        flush();
        read();
    }
    TlsPeer(asio::io_context& io, const base::Endpoint& server, std::shared_ptr<const TlsContext> context)
        : TlsPeer{connect(io, server), std::move(context)} {}

    void write(std::string_view plain) {
        session.send(plain);
        flush();
    }
    void close() {
        session.close();
        flush();
    }
    bool is_open() const { return session.state() == TlsSession::State::open; }

    asio::ip::tcp::socket socket;
    TlsSession session;
    std::string received;
    std::size_t wire_bytes = 0;
    bool closed = false;  // the socket

private:
    static asio::ip::tcp::socket connect(asio::io_context& io, const base::Endpoint& server) {
        asio::ip::tcp::socket socket{io};
        socket.connect(to_tcp(server));
        return socket;
    }
    void flush() {
        boost::system::error_code ignored;
        asio::write(socket, asio::buffer(session.take_output()), ignored);
    }
    void read() {
        const auto done = [this, alive = std::weak_ptr{alive_}](const boost::system::error_code& error, auto size) {
            if (alive.expired() || error == asio::error::operation_aborted) { return; }
            wire_bytes += size;
            session.receive({buffer_.data(), size}, received);
            flush();
            closed = bool(error);
            if (!error) { read(); }
        };
        socket.async_read_some(asio::buffer(buffer_), done);
    }
    std::array<char, 65536> buffer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();  // what has come may be told when we are gone
};

// A server of TLS on a port of its own.
class ListeningTlsPeer {
public:
    ListeningTlsPeer(asio::io_context& context, std::shared_ptr<const TlsContext> tls)
        : tls_{std::move(tls)}, acceptor_{context, asio::ip::tcp::endpoint{to_asio(loopback), 0}} {
        accept();
    }
    base::Endpoint at() const { return from_asio(acceptor_.local_endpoint()); }

    std::vector<std::unique_ptr<TlsPeer>> accepted;

private:
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, asio::ip::tcp::socket socket) {
            if (error) { return; }
            accepted.push_back(std::make_unique<TlsPeer>(std::move(socket), tls_));
            accept();
        });
    }
    std::shared_ptr<const TlsContext> tls_;
    asio::ip::tcp::acceptor acceptor_;
};

}  // namespace sip::test
