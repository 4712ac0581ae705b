// Real loopback sockets in one thread: run until something has happened, or fail at a deadline.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sip/io/endpoint.hpp"

namespace sip::test {

namespace asio = boost::asio;

inline const base::IpAddress loopback = base::IpAddress::v4({127, 0, 0, 1});
inline const base::IpAddress loopback6 = *base::IpAddress::parse("::1");

inline ::testing::AssertionResult run_until(asio::io_context& context, const std::function<bool()>& happened) {
    const auto deadline = base::Clock::now() + std::chrono::seconds{10};
    while (!happened()) {
        if (base::Clock::now() > deadline) { return ::testing::AssertionFailure() << "not within 10 s"; }
        context.restart();
        context.run_one_until(deadline);
    }
    return ::testing::AssertionSuccess();
}

struct Received {
    std::string text;
    Flow flow;
};

// An Endpoint that remembers what it was told, and answers if asked to.
class Server {
public:
    explicit Server(asio::io_context& context, StreamLimits limits = {}, unsigned shard = 0)
        : context_{context},
          endpoint{context,
                   shard,
                   limits,
                   {[this](std::string_view text, const Flow& flow) { on_message(text, flow); },
                    [this](TransactionId transaction, unsigned origin) { errors.emplace_back(transaction, origin); },
                    [this](const TlsFailure& failure) { tls_failures.emplace_back(failure.why); },
                    [this](const Flow& flow) { lost.push_back(flow); },
                    [this](const WebSocketRefusal& refusal) { refusals.emplace_back(refusal.why); }}} {}
    ~Server() {
        endpoint.close();
        context_.restart();
        context_.run();
    }

    base::Endpoint listen(Transport transport, const base::IpAddress& address = loopback) {
        const auto bound = endpoint.listen(transport, {address, 0}, Share::alone);
        return bound.at;
    }

private:
    void on_message(std::string_view text, const Flow& flow) {
        messages.push_back({std::string{text}, flow});
        if (!answer.empty()) { endpoint.send({flow, answer, {}}, 0); }
    }
    asio::io_context& context_;

public:
    std::vector<Received> messages;
    std::vector<std::pair<TransactionId, unsigned>> errors;
    std::vector<std::string> tls_failures;
    std::vector<Flow> lost;
    std::vector<std::string> refusals;
    std::string answer;
    Endpoint endpoint;
};

// The other end of a TCP connection.
class Client {
public:
    Client(asio::io_context& context, const base::Endpoint& server) : socket{context} {
        socket.connect(to_tcp(server));
        read();
    }
    explicit Client(asio::ip::tcp::socket connected) : socket{std::move(connected)} { read(); }
    void write(std::string_view bytes) { asio::write(socket, asio::buffer(bytes.data(), bytes.size())); }

    asio::ip::tcp::socket socket;
    std::string received;
    bool closed = false;

private:
    void read() {
        const auto done = [this, alive = std::weak_ptr{alive_}](const boost::system::error_code& error, auto size) {
            if (alive.expired() || error == asio::error::operation_aborted) { return; }
            received.append(buffer_.data(), size);
            closed = bool(error);
            if (!error) { read(); }
        };
        socket.async_read_some(asio::buffer(buffer_), done);
    }
    std::array<char, 65536> buffer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();  // what has come may be told when we are gone
};

// A peer on a port of its own: each connection that it accepts becomes a Client.
class ListeningPeer {
public:
    explicit ListeningPeer(asio::io_context& context)
        : acceptor_{context, asio::ip::tcp::endpoint{to_asio(loopback), 0}} {
        accept();
    }
    base::Endpoint at() const { return from_asio(acceptor_.local_endpoint()); }

    std::vector<std::unique_ptr<Client>> accepted;

private:
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, asio::ip::tcp::socket socket) {
            if (error) { return; }
            accepted.push_back(std::make_unique<Client>(std::move(socket)));
            accept();
        });
    }
    asio::ip::tcp::acceptor acceptor_;
};

inline std::string options_request(std::string_view call_id = "one") {
    return "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nCall-ID: " + std::string{call_id} +
           "\r\nCSeq: 1 OPTIONS\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\nMax-Forwards: 70\r\n"
           "Content-Length: 0\r\n\r\n";
}

}  // namespace sip::test
