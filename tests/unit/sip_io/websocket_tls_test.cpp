// WebSockets under TLS over real loopback sockets.
#include <gmock/gmock.h>

#include "tests/unit/sip_io/websocket_peer.hpp"

namespace sip::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class SecureWebSockets : public ::testing::Test {
protected:
    using Phone = WebSocketPeer<TlsPeer>;
    using Role = TlsContext::Role;
    std::shared_ptr<const TlsContext> serves(const Identity& of) {
        const std::string name = std::to_string(files++);
        const std::string certificate = folder.certificate(name + ".pem", of);
        return make_context(Role::server, {certificate, folder.key(name + ".key", of), {}, false});
    }
    void start(StreamLimits limits = {}) {
        server = std::make_unique<Server>(context, limits);
        server->endpoint.set_tls({serves(issue("DNS:us.example.com", &authority)), connects});
        at = server->listen(Transport::wss);
        server->endpoint.start();
    }
    std::size_t connections() const { return server->endpoint.counters().of(Transport::wss); }

    Folder folder;
    int files = 0;
    Identity authority = issue("");
    std::shared_ptr<const TlsContext> connects =
        make_context(Role::client, {{}, {}, folder.certificate("ca.pem", authority), true});
    asio::io_context context;
    std::unique_ptr<Server> server;
    base::Endpoint at;
};

TEST_F(SecureWebSockets, CarryMessagesOfAnySizeBothWays) {
    start();
    server->answer = std::string(300'000, 'y');
    Phone phone{context, at, connects};
    ASSERT_TRUE(phone.open());
    const std::string large(60'000, 'x');
    phone.say(large);
    EXPECT_EQ(phone.hear().payload, server->answer);
    EXPECT_EQ(server->messages.at(0).text, large);
    EXPECT_EQ(server->messages[0].flow.transport, Transport::wss);
    phone.say("\r\n\r\n");
    EXPECT_EQ(phone.hear().payload, "\r\n");
    EXPECT_EQ(connections(), 1u);
}

TEST_F(SecureWebSockets, TakeNewCertificatesForNewConnections) {
    start();
    Phone before{context, at, connects};
    ASSERT_TRUE(before.open());
    server->endpoint.set_tls({serves(issue("DNS:new.example.com", &authority)), connects});
    Phone after{context, at, connects};
    ASSERT_TRUE(after.open());
    EXPECT_THAT(after.connection.session.identities(), testing::ElementsAre("new.example.com"));
    before.say(options_request());
    EXPECT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
}

TEST_F(SecureWebSockets, TakeTheLastMessageBeforeACloseNotify) {
    start();
    Phone phone{context, at, connects};
    ASSERT_TRUE(phone.open());
    phone.say(options_request("one"));
    phone.say(options_request("two"));
    phone.connection.close();
    ASSERT_TRUE(run_until(context, [&] { return server->lost.size() == 1; }));
    EXPECT_EQ(server->messages.size(), 2u);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(SecureWebSockets, SayThatTheyGoAway) {
    start();
    Phone phone{context, at, connects};
    ASSERT_TRUE(phone.open());
    phone.say(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    server->endpoint.close();
    EXPECT_EQ(close_code(phone.hear()), 1001u);
    EXPECT_TRUE(phone.hears_nothing_more());
    EXPECT_EQ(phone.connection.session.state(), TlsSession::State::closed);
}

TEST_F(SecureWebSockets, RefuseUnderTlsToo) {
    start();
    Phone phone{context, at, connects};
    EXPECT_FALSE(phone.open(upgrade_request("")));
    EXPECT_THAT(phone.response, HasSubstr("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_TRUE(run_until(context, [&] { return phone.connection.closed; }));
}

TEST_F(SecureWebSockets, AHandshakeAndARequestEachHaveTheirTime) {
    StreamLimits limits;
    limits.handshake = milliseconds{40};
    start(limits);
    Client deaf{context, at};
    TlsPeer silent{context, at, connects};
    ASSERT_TRUE(run_until(context, [&] { return deaf.closed && silent.closed; }));
    EXPECT_EQ(server->endpoint.counters().of(SocketDrop::tls_timeout), 1u);
    EXPECT_EQ(server->endpoint.counters().of(SocketDrop::websocket_timeout), 1u);
}

}  // namespace
}  // namespace sip::test
