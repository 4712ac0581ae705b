// The WebSocket of one connection (RFC 6455, subprotocol "sip" by RFC 7118), between the bytes of the connection and
// SIP messages: it is handed what was read and what is to be sent, and returns what was meant and what to write. Who
// owns the connection keeps the times. All of Beast's WebSocket is behind this interface, in one translation unit.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sip/io/websocket_upgrade.hpp"

namespace sip {

class WebSocketSession {
public:
    enum class State : std::uint8_t { upgrade, open, ended };
    // Why it has ended. What the peer is told, or was told, waits to be written.
    enum class Fault : std::uint8_t {
        none,      // closed by the peer as it should be, or by us
        refused,   // no WebSocket came of it
        protocol,  // frames that are none, text that is no UTF-8: closed with 1002 or 1007
        too_big    // a message past the limit: closed with 1009
    };

    // `message`: bytes of the longest message. `on_progress` says that there may be something new of everything below;
    // it is called by the loop of `context`, never from within a function of this class, and not once this is gone.
    WebSocketSession(boost::asio::io_context& context, std::size_t message, std::shared_ptr<const Origins> origins,
                     std::function<void()> on_progress);
    ~WebSocketSession();
    WebSocketSession(const WebSocketSession&) = delete;
    WebSocketSession& operator=(const WebSocketSession&) = delete;

    // What was read from the connection.
    void receive(std::string_view wire);
    // All of that is used up: more may be read.
    bool is_hungry() const;
    // The next whole message, text or binary.
    std::optional<std::string> take_message();
    bool has_partial_message() const;

    // One at a time: not while is_sending().
    void send(std::string_view message);
    bool is_sending() const;
    // No second one while the first has not left.
    void ping();
    // Tells the peer that we go away (1001), if there is still room for it.
    void close();
    // What is to be written to the connection by now; once.
    std::string take_output();
    std::size_t output_size() const;

    State state() const;
    Fault fault() const;
    const std::string& why() const;  // for people

private:
    class Engine;
    std::shared_ptr<Engine> engine_;  // what Beast has under way finds it gone, or keeps it until it is done
};

}  // namespace sip
