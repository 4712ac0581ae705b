// Any bytes to the port of WebSockets: from the first one where they begin like HTTP, else behind a request that is
// granted. Held: the same messages, answers and end whether they come whole, byte by byte or in pieces told by the
// input; no message is past the limit, whatever lengths are said, and what waits to be sent stays in proportion to what
// came.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sip/io/websocket_session.hpp"

namespace {

using sip::WebSocketSession;

constexpr std::size_t limit = 1024;
constexpr std::string_view granted =
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n";

void require(bool held) {
    if (!held) { std::abort(); }
}

struct Outcome {
    std::vector<std::string> messages;
    std::string output;
    WebSocketSession::State state{};
    WebSocketSession::Fault fault{};
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

class Play {
public:
    Play() : session_{context_, limit, std::make_shared<const sip::Origins>(), [this] { look(); }} {}

    void hear(std::string_view bytes) {
        session_.receive(bytes);
        context_.restart();
        context_.poll();
        look();
        require(session_.is_hungry());
    }
    Outcome end() {
        seen_.state = session_.state();
        seen_.fault = session_.fault();
        return seen_;
    }

private:
    void look() {
        while (auto message = session_.take_message()) {
            require(message->size() <= limit);
            seen_.messages.push_back(*std::move(message));
        }
        seen_.output += session_.take_output();
    }
    boost::asio::io_context context_;
    Outcome seen_;
    WebSocketSession session_;
};

template <class NextSize>
Outcome play(std::string_view stream, NextSize next_size) {
    Play play;
    if (!stream.starts_with("GET ")) { play.hear(granted); }
    while (!stream.empty()) {
        const auto size = std::min<std::size_t>(next_size(), stream.size());
        play.hear(stream.substr(0, size));
        stream.remove_prefix(size);
    }
    return play.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view stream{reinterpret_cast<const char*>(data), size};
    const Outcome whole = play(stream, [size] { return size; });
    require(whole.output.size() <= size + 1024);
    std::size_t at = 0;
    require(whole == play(stream, [&] { return std::size_t{1} + data[at++ * 7 % size] % 64; }));
    if (size <= 4096) {
        require(whole == play(stream, [] { return std::size_t{1}; }));
    }
    return 0;
}
