// TLS over real loopback sockets: who gets in, who is believed, what is left of those who are not.
#include <gmock/gmock.h>

#include "tests/unit/sip_io/tls_peer.hpp"

namespace sip::test {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Role = TlsContext::Role;

constexpr const char* domain = "sip.example.com";

class TlsEndpoint : public ::testing::Test {
protected:
    // `verifies`: our clients have to show a certificate.
    TlsSettings with(const Identity& of, bool verifies = false) {
        const std::string name = std::to_string(files++);
        return {folder.certificate(name + ".pem", of), folder.key(name + ".key", of),
                folder.certificate("ca.pem", authority), verifies};
    }
    TlsSettings nobody() { return {{}, {}, folder.certificate("ca.pem", authority), true}; }
    std::shared_ptr<const TlsContext> serves(const Identity& of) { return make_context(Role::server, with(of)); }
    std::shared_ptr<const TlsContext> connects() { return make_context(Role::client, nobody()); }

    void start(StreamLimits limits = {}, bool asks_clients = false) {
        server = std::make_unique<Server>(context, limits, 5);
        server->endpoint.set_tls({make_context(Role::server, with(own, asks_clients)), connects()});
        at = server->listen(Transport::tls);
        server->endpoint.start();
    }
    std::uint64_t dropped(SocketDrop why) const { return server->endpoint.counters().of(why); }
    std::size_t connections() const { return server->endpoint.counters().connections; }
    std::size_t tls_connections() const { return server->endpoint.counters().of(Transport::tls); }
    static Flow to(const base::Endpoint& remote, const char* whom = domain) {
        return {Transport::tls, {}, remote, 0, whom};
    }
    ::testing::AssertionResult refuses(const Identity& of, const char* why, SocketDrop drop) {
        start();
        ListeningTlsPeer peer{context, serves(of)};
        server->endpoint.send({to(peer.at()), "INVITE with secrets", TransactionId{7}}, 3);
        if (const auto result = run_until(context, [&] { return server->errors.size() == 1; }); !result) {
            return result;
        }
        EXPECT_EQ(server->errors[0], (std::pair{TransactionId{7}, 3u}));
        EXPECT_EQ(dropped(drop), 1u);
        EXPECT_EQ(connections(), 0u);
        EXPECT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1 && peer.accepted[0]->closed; }));
        EXPECT_EQ(peer.accepted[0]->received, "");
        EXPECT_THAT(server->tls_failures, ElementsAre(HasSubstr(why)));
        return ::testing::AssertionSuccess();
    }

    Folder folder;
    int files = 0;
    Identity authority = issue("");
    Identity own = issue("DNS:us.example.com", &authority);
    asio::io_context context;
    std::unique_ptr<Server> server;
    base::Endpoint at;
};

TEST_F(TlsEndpoint, CarriesMessagesAndNamesTheTransportInTheirFlow) {
    start();
    server->answer = "SIP/2.0 200 OK\r\n\r\n";
    TlsPeer client{context, at, connects()};
    client.write(options_request("one") + options_request("two"));
    ASSERT_TRUE(run_until(context, [&] { return client.received == server->answer + server->answer; }));
    const Flow& flow = server->messages.at(0).flow;
    EXPECT_EQ(server->messages[1].text, options_request("two"));
    EXPECT_EQ(flow.transport, Transport::tls);
    EXPECT_EQ(flow.local, at);
    EXPECT_EQ(flow.remote, from_asio(client.socket.local_endpoint()));
    EXPECT_EQ(shard_of_connection(flow.connection), 5u);
    EXPECT_EQ(tls_connections(), 1u);
    EXPECT_THAT(server->tls_failures, IsEmpty());
}

TEST_F(TlsEndpoint, CarriesALargeMessageInManyRecordsBothWays) {
    start();
    const std::string body(60'000, 'x');
    std::string large = options_request();
    large.replace(large.find("Content-Length: 0\r\n"), 19, "Content-Length: 60000\r\n");
    large += body;
    server->answer = "SIP/2.0 200 OK\r\n\r\n" + std::string(400'000, 'y');
    TlsPeer client{context, at, connects()};
    client.write(large);
    ASSERT_TRUE(run_until(context, [&] { return client.received.size() == server->answer.size(); }));
    EXPECT_EQ(client.received, server->answer);
    EXPECT_EQ(server->messages.at(0).text, large);
}

TEST_F(TlsEndpoint, AnswersAKeepAlivePing) {
    start();
    TlsPeer client{context, at, connects()};
    client.write("\r\n\r\n");
    EXPECT_TRUE(run_until(context, [&] { return client.received == "\r\n"; }));
}

TEST_F(TlsEndpoint, ConnectsUnderTheDomainAndUsesTheConnectionAgain) {
    start();
    ListeningTlsPeer peer{context, serves(issue("DNS:sip.example.com", &authority))};
    server->endpoint.send({to(peer.at()), "one ", {}}, 0);
    server->endpoint.send({to(peer.at()), "two ", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1; }));
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted[0]->received == "one two "; }));
    server->endpoint.send({to(peer.at()), "three", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted[0]->received == "one two three"; }));
    peer.accepted[0]->write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    EXPECT_EQ(server->messages[0].flow.transport, Transport::tls);
    EXPECT_EQ(connections(), 1u);
}

TEST_F(TlsEndpoint, ACertificateOfSomebodyElseIsToldNothing) {
    EXPECT_TRUE(refuses(issue("DNS:other.example.com", &authority), "the certificate is not of sip.example.com",
                        SocketDrop::tls_certificate));
}

TEST_F(TlsEndpoint, AnExpiredCertificateIsToldNothing) {
    EXPECT_TRUE(refuses(issue("DNS:sip.example.com", &authority, -1), "expired", SocketDrop::tls_certificate));
}

TEST_F(TlsEndpoint, ACertificateOfAnotherAuthorityIsToldNothing) {
    const Identity stranger = issue("");
    EXPECT_TRUE(refuses(issue("DNS:sip.example.com", &stranger), "certificate", SocketDrop::tls_certificate));
}

TEST_F(TlsEndpoint, AConnectionLeadsToTheDomainThatWasVerifiedOnly) {
    start();
    ListeningTlsPeer peer{context, serves(issue("DNS:sip.example.com,DNS:two.example.com", &authority))};
    server->endpoint.send({to(peer.at()), "one", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1 && peer.accepted[0]->received == "one"; }));
    server->endpoint.send({to(peer.at(), "two.example.com"), "two", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 2 && peer.accepted[1]->received == "two"; }));
    server->endpoint.send({to(peer.at(), "three.example.com"), "three", TransactionId{1}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_THAT(server->tls_failures, ElementsAre("the certificate is not of three.example.com"));
    EXPECT_EQ(peer.accepted[0]->received, "one");
    EXPECT_EQ(connections(), 2u);
}

TEST_F(TlsEndpoint, APlainConnectionToTheSamePlaceIsAnother) {
    start();
    ListeningPeer peer{context};
    server->endpoint.send({{Transport::tcp, {}, peer.at(), 0}, "plain", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 1 && peer.accepted[0]->received == "plain"; }));
    server->endpoint.send({to(peer.at()), "secret", {}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return peer.accepted.size() == 2 && !peer.accepted[1]->received.empty(); }));
    EXPECT_EQ(peer.accepted[0]->received, "plain");
    EXPECT_THAT(peer.accepted[1]->received, testing::Not(HasSubstr("secret")));
}

TEST_F(TlsEndpoint, WhatIsSecretNeverGoesOverAPlainConnectionThatIsNamed) {
    start();
    const auto plain_at = server->listen(Transport::tcp);
    server->endpoint.start();
    Client client{context, plain_at};
    client.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    Flow flow = server->messages[0].flow;
    flow.transport = Transport::tls;
    server->endpoint.send({flow, "BYE ", TransactionId{1}}, 0);
    server->endpoint.send({flow, "SIP/2.0 200 OK\r\n\r\n", TransactionId{2}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 2; }));
    EXPECT_EQ(client.received, "");
}

TEST_F(TlsEndpoint, GarbageAndPlainSipFailAndAreNamed) {
    start();
    Client garbage{context, at};
    garbage.write(std::string(300, '\x01'));
    ASSERT_TRUE(run_until(context, [&] { return garbage.closed; }));
    Client plain{context, at};
    plain.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return plain.closed; }));
    EXPECT_EQ(dropped(SocketDrop::tls_handshake), 2u);
    EXPECT_EQ(server->tls_failures.size(), 2u);
    EXPECT_TRUE(server->messages.empty());
    garbage.socket.close();
    plain.socket.close();
    EXPECT_TRUE(run_until(context, [&] { return connections() == 0; }));
    EXPECT_TRUE(server->lost.empty()) << "neither was ever open";
    EXPECT_EQ(tls_connections(), 0u);
}

TEST_F(TlsEndpoint, AHandshakeThatDoesNotEndIsClosed) {
    StreamLimits limits;
    limits.handshake = milliseconds{40};
    start(limits);
    Client client{context, at};
    client.write("\x16\x03\x01");
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(dropped(SocketDrop::tls_timeout), 1u);
    EXPECT_THAT(server->tls_failures, ElementsAre("no handshake in time"));
}

TEST_F(TlsEndpoint, AServerThatSaysNothingFailsTheRequest) {
    StreamLimits limits;
    limits.handshake = milliseconds{40};
    start(limits);
    ListeningPeer deaf{context};
    server->endpoint.send({to(deaf.at()), "INVITE ", TransactionId{1}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(dropped(SocketDrop::tls_timeout), 1u);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(TlsEndpoint, TakesHandshakesUpToTheLimitAndNotOnePast) {
    StreamLimits limits;
    limits.handshakes = 2;
    start(limits);
    Client one{context, at};
    Client two{context, at};
    ASSERT_TRUE(run_until(context, [&] { return connections() == 2; }));
    Client three{context, at};
    ASSERT_TRUE(run_until(context, [&] { return three.closed; }));
    EXPECT_EQ(dropped(SocketDrop::tls_limit), 1u);
    one.socket.close();
    ASSERT_TRUE(run_until(context, [&] { return connections() == 1; }));
    TlsPeer four{context, at, connects()};
    ASSERT_TRUE(run_until(context, [&] { return four.is_open(); }));
    TlsPeer five{context, at, connects()};
    EXPECT_TRUE(run_until(context, [&] { return five.is_open(); })) << "whoever is done makes room";
}

TEST_F(TlsEndpoint, AClientWithoutACertificateIsTurnedAwayWhereOneIsAskedFor) {
    start({}, true);
    server->answer = "answer";
    TlsPeer nameless{context, at, connects()};
    nameless.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return nameless.closed; }));
    EXPECT_THAT(nameless.session.why(), HasSubstr("certificate required")) << "it is told why";
    EXPECT_TRUE(server->messages.empty());
    EXPECT_EQ(dropped(SocketDrop::tls_certificate), 1u);
    const Identity phone = issue("DNS:phone.example.com", &authority);
    TlsPeer known{context, at, make_context(Role::client, with(phone, true))};
    known.write(options_request());
    EXPECT_TRUE(run_until(context, [&] { return known.received == "answer"; }));
}

TEST_F(TlsEndpoint, ClosesWithACloseNotify) {
    StreamLimits limits;
    limits.idle = milliseconds{100};
    start(limits);
    TlsPeer client{context, at, connects()};
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(client.session.state(), TlsSession::State::closed);
    EXPECT_EQ(dropped(SocketDrop::idle), 1u);
}

TEST_F(TlsEndpoint, TakesTheLastMessageBeforeACloseNotify) {
    start();
    TlsPeer client{context, at, connects()};
    ASSERT_TRUE(run_until(context, [&] { return client.is_open(); }));
    client.write(options_request());
    client.close();
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(server->messages.size(), 1u);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(TlsEndpoint, ABrokenRecordClosesTheConnection) {
    start();
    TlsPeer client{context, at, connects()};
    client.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    asio::write(client.socket, asio::buffer(std::string{"\x17\x03\x03\x00\x20"} + std::string(32, 'x')));
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(dropped(SocketDrop::tls_record), 1u);
    EXPECT_EQ(server->messages.size(), 1u);
}

TEST_F(TlsEndpoint, AnswersABrokenFrameAndThenCloses) {
    start();
    server->answer = "SIP/2.0 400 Bad Request\r\n\r\n";
    TlsPeer client{context, at, connects()};
    client.write("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -1\r\n\r\n");
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(client.received, server->answer);
    EXPECT_EQ(client.session.state(), TlsSession::State::closed);
}

TEST_F(TlsEndpoint, ClosesAPeerThatDoesNotReadAndReportsWhatItDidNot) {
    StreamLimits limits;
    limits.write_queue = 100'000;
    start(limits);
    TlsPeer client{context, at, connects()};
    client.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return server->messages.size() == 1; }));
    const Flow flow = server->messages[0].flow;
    const std::string chunk(50'000, 'x');
    for (std::size_t sent = 0; dropped(SocketDrop::write_queue) == 0 && sent < 64 * 1024 * 1024; sent += chunk.size()) {
        server->endpoint.send({flow, chunk, TransactionId{1}}, 0);
    }
    EXPECT_EQ(dropped(SocketDrop::write_queue), 1u);
    EXPECT_EQ(connections(), 0u);
    EXPECT_TRUE(run_until(context, [&] { return server->errors.size() >= 2; }));
}

TEST_F(TlsEndpoint, NewCertificatesAreForNewConnections) {
    start();
    server->answer = "answer ";
    TlsPeer before{context, at, connects()};
    before.write(options_request());
    ASSERT_TRUE(run_until(context, [&] { return before.received == "answer "; }));
    EXPECT_THAT(before.session.identities(), ElementsAre("us.example.com"));
    server->endpoint.set_tls({serves(issue("DNS:new.example.com", &authority)), connects()});
    TlsPeer after{context, at, connects()};
    ASSERT_TRUE(run_until(context, [&] { return after.is_open(); }));
    EXPECT_THAT(after.session.identities(), ElementsAre("new.example.com"));
    before.write(options_request());
    EXPECT_TRUE(run_until(context, [&] { return before.received == "answer answer "; }));
}

TEST_F(TlsEndpoint, WithoutContextsNobodyIsServedOrReached) {
    start();
    server->endpoint.set_tls({});
    Client client{context, at};
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    server->endpoint.send({to(at), "BYE ", TransactionId{1}}, 0);
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 1; }));
    EXPECT_EQ(connections(), 0u);
}

}  // namespace
}  // namespace sip::test
