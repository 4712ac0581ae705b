// An HTTP client of which each byte is the test's. Whatever it waits for, it waits ten seconds at most.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <string>
#include <vector>

#include "server/http/server.hpp"
#include "sip/io/socket_address.hpp"

namespace server::http::test {

inline const base::Endpoint any_port{base::IpAddress::v4({127, 0, 0, 1}), 0};

// From now on, or from its start; returns where they are bound.
inline std::vector<base::Endpoint> offer(Server& server, const std::vector<Place>& places) {
    Server::Move move = server.prepare(places);
    std::vector<base::Endpoint> bound = move.bound();
    server.apply(std::move(move));
    return bound;
}

class Client {
public:
    // `receive_buffer`: of the kernel, in bytes; 0: as it likes.
    explicit Client(const base::Endpoint& server, int receive_buffer = 0) {
        const auto at = sip::to_tcp(server);
        socket.open(at.protocol());
        if (receive_buffer != 0) {
            setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        socket.connect(at);
        const timeval limit{10, 0};
        setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    void send(const std::string& text) { boost::asio::write(socket, boost::asio::buffer(text)); }
    void get(const std::string& path, const std::string& fields = {}) {
        send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    }
    // The status of an answer in JSON; 0: there is none.
    int status_of(const std::string& path, const std::string& fields = {}) {
        get(path, fields);
        const std::string answer = read("}\n");
        return answer.empty() ? 0 : std::stoi(answer.substr(answer.find(' ')));
    }
    // Until what comes ends so, or the connection does.
    std::string read(const std::string& end = {}) {
        std::string text;
        std::array<char, 4096> buffer;
        while (end.empty() || !text.ends_with(end)) {
            const ssize_t size = recv(socket.native_handle(), buffer.data(), buffer.size(), 0);
            if (size < 0 && errno == EAGAIN) { ADD_FAILURE() << "nothing came, and the connection did not end"; }
            if (size <= 0) { break; }
            text.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return text;
    }

private:
    boost::asio::io_context context_;

public:
    boost::asio::ip::tcp::socket socket{context_};
};

}  // namespace server::http::test
