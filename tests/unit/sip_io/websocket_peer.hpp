// The other end of a WebSocket: bytes of RFC 6455 made and read by hand, so that they can be wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/sip_io/tls_peer.hpp"

namespace sip::test {

enum class Opcode : unsigned { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

inline std::string upgrade_request(const std::string& fields = "Sec-WebSocket-Protocol: sip\r\n",
                                   const std::string& target = "/") {
    return "GET " + target +
           " HTTP/1.1\r\nHost: sip.example.com\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           fields + "\r\n";
}

// The head of a frame whose length is said to be `size`, in the shortest form.
inline std::string frame_head(Opcode opcode, std::uint64_t size, bool last = true) {
    std::string head;
    head += static_cast<char>((last ? 0x80U : 0U) | static_cast<unsigned>(opcode));
    const int bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    const std::uint64_t word = bytes == 0 ? size : bytes == 2 ? 126 : 127;
    head += static_cast<char>(0x80U | word);
    for (int i = bytes - 1; i >= 0; --i) { head += static_cast<char>((size >> (8 * i)) & 0xff); }
    return head;
}

// As a client sends it: masked.
inline std::string frame(std::string_view payload, Opcode opcode = Opcode::text, bool last = true) {
    const std::string key{"\x37\xfa\x21\x3d"};
    std::string bytes = frame_head(opcode, payload.size(), last) + key;
    for (std::size_t i = 0; i < payload.size(); ++i) { bytes += static_cast<char>(payload[i] ^ key[i % 4]); }
    return bytes;
}

struct Heard {
    Opcode opcode;
    std::string payload;
    friend bool operator==(const Heard&, const Heard&) = default;
};

// Takes the next whole frame of a server off the front of `bytes`.
inline std::optional<Heard> take_frame(std::string& bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes.at(at)); };
    if (bytes.size() < 2) { return std::nullopt; }
    std::size_t size = byte(1);
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (bytes.size() < 2 + more) { return std::nullopt; }
    if (more != 0) { size = 0; }
    for (std::size_t i = 0; i < more; ++i) { size = size << 8 | byte(2 + i); }
    if (bytes.size() < 2 + more + size) { return std::nullopt; }
    EXPECT_NE(byte(0) & 0x80, 0) << "whole messages only";
    Heard heard{static_cast<Opcode>(byte(0) & 0x0f), bytes.substr(2 + more, size)};
    bytes.erase(0, 2 + more + size);
    return heard;
}

// The code of a close frame; 0: none.
inline unsigned close_code(const Heard& heard) {
    if (heard.opcode != Opcode::close || heard.payload.size() < 2) { return 0; }
    return static_cast<unsigned>(static_cast<unsigned char>(heard.payload[0])) << 8 |
           static_cast<unsigned char>(heard.payload[1]);
}

// Over plain TCP (Client) or TLS (TlsPeer).
template <class Connection>
class WebSocketPeer {
public:
    template <class... Arguments>
    explicit WebSocketPeer(asio::io_context& context, Arguments&&... arguments)
        : connection{context, std::forward<Arguments>(arguments)...}, context_{context} {}

    ::testing::AssertionResult open(const std::string& request = upgrade_request()) {
        connection.write(request);
        const auto answered = [&] { return connection.received.find("\r\n\r\n") != std::string::npos; };
        if (const auto result = run_until(context_, answered); !result) { return result; }
        const auto end = connection.received.find("\r\n\r\n") + 4;
        response = connection.received.substr(0, end);
        connection.received.erase(0, end);
        if (response.starts_with("HTTP/1.1 101 ")) { return ::testing::AssertionSuccess(); }
        return ::testing::AssertionFailure() << response;
    }
    void say(std::string_view payload, Opcode opcode = Opcode::text) { connection.write(frame(payload, opcode)); }
    // The next frame.
    Heard hear() {
        std::optional<Heard> heard;
        EXPECT_TRUE(run_until(context_, [&] {
            heard = take_frame(connection.received);
            return heard.has_value() || connection.closed;
        }));
        return heard.value_or(Heard{});
    }
    bool hears_nothing_more() {
        EXPECT_TRUE(run_until(context_, [&] { return connection.closed; }));
        return connection.received.empty();
    }

    Connection connection;
    std::string response;

private:
    asio::io_context& context_;
};

}  // namespace sip::test
