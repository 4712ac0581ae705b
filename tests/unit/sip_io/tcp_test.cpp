#include "tests/unit/sip_io/sockets.hpp"

namespace sip::test {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

class TcpEndpoint : public ::testing::Test {
protected:
    void start(StreamLimits limits = {}, const base::IpAddress& address = loopback) {
        server = std::make_unique<Server>(context, limits, 5);
        at = server->listen(Transport::tcp, address);
        server->endpoint.start();
    }
    std::uint64_t dropped(SocketDrop why) const { return server->endpoint.counters().of(why); }
    std::size_t connections() const { return server->endpoint.counters().connections; }
    // The flow of a message whose sender has closed the connection since.
    Flow flow_that_is_gone() {
        Client client{context, at};
        client.write(options_request());
        EXPECT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
        client.socket.close();
        EXPECT_TRUE(run_until(context, [&] { return connections() == 0; }));
        return server->messages.at(0).flow;
    }
    static Flow to(const base::Endpoint& remote) { return {Transport::tcp, {}, remote, 0}; }

    asio::io_context context;
    std::unique_ptr<Server> server;
    base::Endpoint at;
};

TEST_F(TcpEndpoint, CutsMessagesOutOfTheStreamHoweverItIsChopped) {
    start();
    Client client{context, at};
    const std::string twice = options_request("one") + options_request("two");
    for (const char c : twice) { client.write({&c, 1}); }
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 2; }));
    EXPECT_EQ(server->messages[0].text, options_request("one"));
    EXPECT_EQ(server->messages[1].text, options_request("two"));
}

TEST_F(TcpEndpoint, NamesTheConnectionInTheFlowWithItsShard) {
    start();
    server->answer = "answer";
    Client client{context, at};
    client.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return client.received == "answer"; }));
    const Flow& flow = server->messages[0].flow;
    EXPECT_EQ(flow.transport, Transport::tcp);
    EXPECT_EQ(flow.local, at);
    EXPECT_EQ(flow.remote, from_asio(client.socket.local_endpoint()));
    EXPECT_NE(flow.connection, 0u);
    EXPECT_EQ(shard_of_connection(flow.connection), 5u);
}

TEST_F(TcpEndpoint, ServesIPv6) {
    start({}, loopback6);
    server->answer = "answer";
    Client client{context, at};
    client.write(options_request());
    EXPECT_TRUE(run_until(context, [&] { return client.received == "answer"; }));
}

TEST_F(TcpEndpoint, AnswersAKeepAlivePingWithAPong) {
    start();
    Client client{context, at};
    client.write("\r\n\r\n");
    ASSERT_TRUE(run_until(context, [&] { return !client.received.empty(); }));
    EXPECT_EQ(client.received, "\r\n");
    EXPECT_TRUE(server->messages.empty());
}

TEST_F(TcpEndpoint, OpensAConnectionOnDemandAndUsesItAgain) {
    start();
    ListeningPeer peer{context};
    const auto remote = peer.at();
    server->endpoint.send({to(remote), "one ", {}}, 0);
    server->endpoint.send({to(remote), "two ", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1; }));
    Client& client = *peer.accepted[0];
    ASSERT_TRUE(run_until(context, [&] { return client.received == "one two "; }));
    server->endpoint.send({to(remote), "three", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return client.received == "one two three"; }));
    EXPECT_EQ(peer.accepted.size(), 1u);

    client.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    EXPECT_EQ(server->messages[0].flow.remote, remote);
}

TEST_F(TcpEndpoint, UsesAnAcceptedConnectionForItsRemoteAddress) {
    start();
    Client client{context, at};
    client.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    server->endpoint.send({to(server->messages[0].flow.remote), "request", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return client.received == "request"; }));
    EXPECT_EQ(connections(), 1u);
}

TEST_F(TcpEndpoint, ReportsEachMessageOfAConnectionThatIsRefused) {
    start();
    base::Endpoint nobody;
    {
        tcp::acceptor gone{context, tcp::endpoint{to_asio(loopback), 0}};
        nobody = from_asio(gone.local_endpoint());
    }
    server->endpoint.send({to(nobody), "one", TransactionId{1}}, 0);
    server->endpoint.send({to(nobody), "two", TransactionId{2}}, 4);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 2; }));
    EXPECT_EQ(server->errors[0], (std::pair{TransactionId{1}, 0u}));
    EXPECT_EQ(server->errors[1], (std::pair{TransactionId{2}, 4u}));
    EXPECT_EQ(dropped(SocketDrop::connect_failed), 1u);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(TcpEndpoint, GivesUpAConnectionThatDoesNotOpenInTime) {
    StreamLimits limits;
    limits.connect = milliseconds{50};
    start(limits);
    // A listener whose queue is full answers no further SYN.
    tcp::acceptor deaf{context};
    deaf.open(tcp::v4());
    deaf.bind(tcp::endpoint{to_asio(loopback), 0});
    deaf.listen(0);
    std::vector<tcp::socket> fill;
    for (int i = 0; i < 3; ++i) {
        fill.emplace_back(context).open(tcp::v4());
        fill.back().async_connect(deaf.local_endpoint(), [](const auto&) {});
    }
    server->endpoint.send({to(from_asio(deaf.local_endpoint())), "x", TransactionId{1}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(dropped(SocketDrop::connect_failed), 1u);
}

TEST_F(TcpEndpoint, ReportsAResponseForAConnectionThatIsGoneAndOpensNone) {
    start();
    const Flow gone = flow_that_is_gone();
    server->endpoint.send({gone, "SIP/2.0 200 OK\r\n\r\n", TransactionId{8}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(server->errors[0].first, TransactionId{8});
    EXPECT_EQ(dropped(SocketDrop::no_connection), 1u);
    EXPECT_EQ(dropped(SocketDrop::connect_failed), 0u);
}

TEST_F(TcpEndpoint, SendsRequestsOverOneNewConnectionWhereTheirOwnIsGone) {
    start();
    ListeningPeer peer{context};
    Flow contact = flow_that_is_gone();
    contact.remote = peer.at();
    server->endpoint.send({contact, "INFO ", TransactionId{1}}, 0);
    server->endpoint.send({contact, "BYE ", TransactionId{2}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1; }));
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted[0]->received == "INFO BYE "; }));
    EXPECT_EQ(connections(), 1u);
    EXPECT_TRUE(server->errors.empty());
    EXPECT_EQ(dropped(SocketDrop::no_connection), 0u);
}

TEST_F(TcpEndpoint, SendsARequestOverANewConnectionOnceTheStreamOfItsOwnIsBroken) {
    start();
    ListeningPeer peer{context};
    Client client{context, at};
    client.write("\x01\x02 nonsense\r\nContent-Length: 5, 6\r\n\r\n");
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    Flow contact = server->messages[0].flow;
    contact.remote = peer.at();
    server->endpoint.send({contact, "BYE ", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1 && !peer.accepted[0]->received.empty(); }));
    EXPECT_EQ(client.received, "");
}

TEST_F(TcpEndpoint, ReportsARequestWhoseConnectionIsGoneWhereNobodyListens) {
    start();
    const Flow gone = flow_that_is_gone();  // and still names the port that its peer called from
    server->endpoint.send({gone, "BYE ", TransactionId{8}}, 3);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(server->errors[0], (std::pair{TransactionId{8}, 3u}));
    EXPECT_EQ(dropped(SocketDrop::connect_failed), 1u);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(TcpEndpoint, OpensNoConnectionPastTheLimitForARequestWhoseOwnIsGone) {
    StreamLimits limits;
    limits.connections = 1;
    start(limits);
    ListeningPeer peer{context};
    Flow contact = flow_that_is_gone();
    contact.remote = peer.at();
    Client other{context, at};
    ASSERT_TRUE(run_until(context, [&] { return connections() == 1; }));
    server->endpoint.send({contact, "BYE ", TransactionId{8}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(dropped(SocketDrop::connection_limit), 1u);
    EXPECT_TRUE(peer.accepted.empty());
}

TEST_F(TcpEndpoint, AnswersABrokenFrameAndThenCloses) {
    start();
    server->answer = "SIP/2.0 400 Bad Request\r\n\r\n";
    Client client{context, at};
    client.write("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -1\r\n\r\n" + std::string(100'000, 'x'));
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(client.received, server->answer);
    EXPECT_EQ(server->messages.size(), 1u);
    EXPECT_EQ(dropped(SocketDrop::broken_stream), 1u);
    client.socket.close();
    EXPECT_TRUE(run_until(context, [&] { return connections() == 0; }));
}

TEST_F(TcpEndpoint, ClosesABrokenStreamThatNobodyAnswers) {
    StreamLimits limits;
    limits.linger = milliseconds{20};
    start(limits);
    Client client{context, at};
    client.write("\x01\x02 nonsense\r\nContent-Length: 5, 6\r\n\r\n");
    EXPECT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(client.received, "");
}

TEST_F(TcpEndpoint, ClosesAConnectionWithoutTraffic) {
    StreamLimits limits;
    limits.idle = milliseconds{40};
    start(limits);
    Client client{context, at};
    EXPECT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(dropped(SocketDrop::idle), 1u);
}

TEST_F(TcpEndpoint, ClosesAConnectionWhoseMessageDoesNotEnd) {
    StreamLimits limits;
    limits.partial_message = milliseconds{40};
    start(limits);
    Client client{context, at};
    client.write(options_request() + "OPTIONS sip:");
    EXPECT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(dropped(SocketDrop::partial_message), 1u);
    EXPECT_EQ(server->messages.size(), 1u);
}

TEST_F(TcpEndpoint, ClosesAPeerThatDoesNotReadOneByteAfterTheQueueIsFull) {
    StreamLimits limits;
    limits.write_queue = 2000;
    start(limits);
    tcp::socket peer{context};
    peer.connect(to_tcp(at));
    asio::write(peer, asio::buffer(options_request()));
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    const Flow flow = server->messages[0].flow;
    // The kernel's buffers first: what is left of these waits with us.
    const std::string chunk(1000, 'x');
    std::size_t sent = 0;
    while (dropped(SocketDrop::write_queue) == 0 && sent < 64 * 1024 * 1024) {
        server->endpoint.send({flow, chunk, TransactionId{1}}, 0);
        sent += chunk.size();
    }
    EXPECT_EQ(dropped(SocketDrop::write_queue), 1u);
    EXPECT_EQ(connections(), 0u);
    EXPECT_TRUE(run_until(context, [&] { return !server->errors.empty(); }));
}

TEST_F(TcpEndpoint, CountsWhatAMessageInTheQueueTakesBesideItsBytes) {
    const std::string message(10, 'x');
    StreamLimits limits;
    limits.write_queue = 3 * (message.size() + sizeof(TcpConnection::Unsent));
    start(limits);
    ListeningPeer peer{context};
    // Nothing is written before the connection is open, and that takes a turn of the loop.
    for (int i = 0; i < 3; ++i) { server->endpoint.send({to(peer.at()), message, {}}, 0); }
    EXPECT_EQ(dropped(SocketDrop::write_queue), 0u);
    server->endpoint.send({to(peer.at()), "x", {}}, 0);
    EXPECT_EQ(dropped(SocketDrop::write_queue), 1u);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(TcpEndpoint, QueuesOnePongHoweverManyPingsCome) {
    const std::string more_than_the_kernel_takes(32 * 1024 * 1024, 'x');
    StreamLimits limits;
    limits.write_queue = 2 * more_than_the_kernel_takes.size();
    start(limits);
    tcp::socket deaf{context};
    deaf.connect(to_tcp(at));
    asio::write(deaf, asio::buffer(options_request()));
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    const Flow flow = server->messages[0].flow;
    server->endpoint.send({flow, more_than_the_kernel_takes, {}}, 0);
    std::string pings;
    for (int i = 0; i < 1000; ++i) { pings += "\r\n\r\n"; }
    asio::write(deaf, asio::buffer(pings + options_request()));
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 2; }));
    server->endpoint.send({flow, "end", {}}, 0);

    Client client{std::move(deaf)};
    ASSERT_TRUE(run_until(context, [&] { return client.received.ends_with("end"); }));
    EXPECT_EQ(client.received.substr(more_than_the_kernel_takes.size()), "\r\nend");
    client.write("\r\n\r\n");
    EXPECT_TRUE(run_until(context, [&] { return client.received.ends_with("end\r\n"); }));
}

TEST_F(TcpEndpoint, AcceptsUpToTheLimitAndClosesOnePast) {
    StreamLimits limits;
    limits.connections = 2;
    start(limits);
    Client one{context, at};
    Client two{context, at};
    ASSERT_TRUE(run_until(context, [&] { return connections() == 2; }));
    Client three{context, at};
    ASSERT_TRUE(run_until(context, [&] { return three.closed; }));
    EXPECT_EQ(dropped(SocketDrop::connection_limit), 1u);
    EXPECT_FALSE(one.closed || two.closed);
}

TEST_F(TcpEndpoint, AcceptsUpToTheLimitOfASourceAndAgainWhenOneIsClosed) {
    StreamLimits limits;
    limits.connections_per_source = 1;
    start(limits);
    auto one = std::make_unique<Client>(context, at);
    ASSERT_TRUE(run_until(context, [&] { return connections() == 1; }));
    Client two{context, at};
    ASSERT_TRUE(run_until(context, [&] { return two.closed; }));
    EXPECT_EQ(dropped(SocketDrop::source_limit), 1u);
    one.reset();
    ASSERT_TRUE(run_until(context, [&] { return connections() == 0; }));
    Client three{context, at};
    EXPECT_TRUE(run_until(context, [&] { return connections() == 1; }));
}

TEST_F(TcpEndpoint, TellsOfAConnectionThatIsLostOnceWhoeverEndedIt) {
    StreamLimits limits;
    limits.idle = std::chrono::milliseconds{50};
    start(limits);
    auto leaving = std::make_unique<Client>(context, at);
    leaving->write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    leaving.reset();
    ASSERT_TRUE(run_until(context, [&] { return server->lost.size() == 1; }));
    EXPECT_EQ(server->lost[0], server->messages[0].flow);
    Client idle{context, at};
    ASSERT_TRUE(run_until(context, [&] { return idle.closed && server->lost.size() == 2; }));
    EXPECT_EQ(server->lost[1].remote, from_asio(idle.socket.local_endpoint()));
}

TEST_F(TcpEndpoint, AConnectionThatNeverWasIsNotLost) {
    start();
    const base::Endpoint nobody = ListeningPeer{context}.at();
    server->endpoint.send({to(nobody), "INVITE ", TransactionId{1}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(connections(), 0u);
    EXPECT_TRUE(server->lost.empty());
}

TEST_F(TcpEndpoint, NamesTheBusyAddress) {
    start();
    for (const Share share : {Share::alone, Share::first}) {
        try {
            server->endpoint.listen(Transport::tcp, at, share);
            FAIL() << "bound twice";
        } catch (const ListenError& error) {
            EXPECT_EQ(error.what(), "tcp://" + at.to_string() + ": address already in use");
        }
    }
}

}  // namespace
}  // namespace sip::test
