// A server of WebSockets, and what to ask it.
#pragma once

#include "tests/unit/sip_io/websocket_peer.hpp"

namespace sip::test {

class WebSockets : public ::testing::Test {
protected:
    using Phone = WebSocketPeer<Client>;
    void start(StreamLimits limits = {}) {
        server = std::make_unique<Server>(context, limits, 5);
        at = server->listen(Transport::ws);
        server->endpoint.start();
    }
    std::uint64_t dropped(SocketDrop why) const { return server->endpoint.counters().of(why); }
    std::size_t connections() const { return server->endpoint.counters().of(Transport::ws); }
    ::testing::AssertionResult arrived(std::size_t messages) {
        return run_until(context, [&] { return server->messages.size() == messages; });
    }
    // The whole HTTP answer to somebody who gets no WebSocket.
    std::string refusal_of(const std::string& request) {
        Client client{context, at};
        client.write(request);
        EXPECT_TRUE(run_until(context, [&] { return client.closed; }));
        return client.received;
    }
    // A phone whose WebSocket is open says this, and is told with which code it is over.
    unsigned code_for(const std::string& bytes) {
        Phone phone{context, at};
        EXPECT_TRUE(phone.open());
        phone.connection.write(bytes);
        const unsigned code = close_code(phone.hear());
        EXPECT_TRUE(phone.hears_nothing_more()) << "closed then";
        return code;
    }

    asio::io_context context;
    std::unique_ptr<Server> server;
    base::Endpoint at;
};

}  // namespace sip::test
