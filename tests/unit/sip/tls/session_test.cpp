// Two ends of TLS, with memory between them.
#include "sip/tls/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

namespace sip::test {
namespace {

using State = TlsSession::State;
using Role = TlsContext::Role;
using testing::ElementsAre;
using testing::HasSubstr;

class TlsSessionTest : public testing::Test {
protected:
    std::shared_ptr<const TlsContext> context(Role role, const TlsSettings& settings) {
        std::string why;
        auto made = TlsContext::make(role, settings, why);
        EXPECT_TRUE(made) << why;
        return made;
    }
    TlsSettings with(const Identity& of, bool verifies) {
        return {folder.certificate("own.pem", of), folder.key("own.key", of), folder.certificate("ca.pem", authority),
                verifies};
    }
    TlsSettings without_certificate() { return {{}, {}, folder.certificate("ca.pem", authority), true}; }
    void connect(std::shared_ptr<const TlsContext> of_server, std::shared_ptr<const TlsContext> of_client,
                 std::string_view domain = "sip.example.com") {
        server = TlsSession::make(std::move(of_server));
        client = TlsSession::make(std::move(of_client), domain);
        ASSERT_TRUE(server && client);
        exchange();
    }
    void connect_plainly() {
        connect(context(Role::server, with(leaf, false)), context(Role::client, without_certificate()));
    }
    // Until nothing moves any more.
    void exchange() {
        for (;;) {
            const std::string to_server = client->take_output();
            if (!to_server.empty()) { server->receive(to_server, at_server); }
            const std::string to_client = server->take_output();
            if (!to_client.empty()) { client->receive(to_client, at_client); }
            if (to_server.empty() && to_client.empty()) { return; }
        }
    }

    Folder folder;
    Identity authority = issue("");
    Identity leaf = issue("DNS:sip.example.com", &authority);
    std::optional<TlsSession> server;
    std::optional<TlsSession> client;
    std::string at_server;
    std::string at_client;
};

TEST_F(TlsSessionTest, CarriesWhatIsSentBothWays) {
    connect_plainly();
    EXPECT_EQ(client->state(), State::open) << client->why();
    EXPECT_EQ(server->state(), State::open) << server->why();
    client->send("OPTIONS sip:x SIP/2.0\r\n");
    server->send(std::string(100'000, 'x'));
    exchange();
    EXPECT_EQ(at_server, "OPTIONS sip:x SIP/2.0\r\n");
    EXPECT_EQ(at_client, std::string(100'000, 'x'));
    EXPECT_THAT(client->identities(), ElementsAre("sip.example.com"));
    EXPECT_TRUE(server->identities().empty()) << "nobody was asked";
}

TEST_F(TlsSessionTest, KeepsWhatIsSentBeforeTheHandshakeIsDone) {
    server = TlsSession::make(context(Role::server, with(leaf, false)));
    client = TlsSession::make(context(Role::client, without_certificate()), "sip.example.com");
    client->send("early");
    EXPECT_EQ(client->take_output().find("early"), std::string::npos);
    client = TlsSession::make(context(Role::client, without_certificate()), "sip.example.com");
    client->send("early");
    exchange();
    EXPECT_EQ(at_server, "early");
}

TEST_F(TlsSessionTest, TakesTheWireInAnyPieces) {
    server = TlsSession::make(context(Role::server, with(leaf, false)));
    client = TlsSession::make(context(Role::client, without_certificate()), "sip.example.com");
    client->send("hello");
    for (int rounds = 0; rounds < 10; ++rounds) {
        for (const char byte : client->take_output()) { server->receive({&byte, 1}, at_server); }
        for (const char byte : server->take_output()) { client->receive({&byte, 1}, at_client); }
    }
    EXPECT_EQ(at_server, "hello");
}

TEST_F(TlsSessionTest, ACertificateOfSomebodyElseIsRefused) {
    connect(context(Role::server, with(leaf, false)), context(Role::client, without_certificate()),
            "other.example.com");
    EXPECT_EQ(client->state(), State::failed);
    EXPECT_EQ(client->why(), "the certificate is not of other.example.com");
    client->send("secret");
    exchange();
    EXPECT_EQ(at_server, "") << "nothing was said to it";
}

TEST_F(TlsSessionTest, ACertificateOfAnotherAuthorityOrAnOldOneIsRefused) {
    const Identity stranger = issue("");
    for (const Identity& bad :
         {issue("DNS:sip.example.com", &stranger), issue("DNS:sip.example.com", &authority, -1)}) {
        connect(context(Role::server, with(bad, false)), context(Role::client, without_certificate()));
        EXPECT_EQ(client->state(), State::failed);
        EXPECT_THAT(client->why(), HasSubstr("certificate"));
        EXPECT_NE(server->state(), State::open);
    }
}

TEST_F(TlsSessionTest, AClientIsAskedForItsCertificateWhereThatIsWanted) {
    const Identity phone = issue("URI:sip:phone.example.com", &authority);
    const auto asking = context(Role::server, with(leaf, true));
    connect(asking, context(Role::client, with(phone, true)));
    EXPECT_EQ(server->state(), State::open) << server->why();
    EXPECT_THAT(server->identities(), ElementsAre("phone.example.com"));
    connect(asking, context(Role::client, without_certificate()));
    EXPECT_EQ(server->state(), State::failed);
    EXPECT_THAT(server->why(), HasSubstr("certificate"));
}

TEST_F(TlsSessionTest, EndsWithACloseOfEither) {
    connect_plainly();
    client->send("last words");
    client->close();
    exchange();
    EXPECT_EQ(at_server, "last words");
    EXPECT_EQ(server->state(), State::closed);
    EXPECT_EQ(server->receive("more", at_server), State::closed);
}

TEST_F(TlsSessionTest, GarbageFailsAndNothingElse) {
    for (const std::string& garbage :
         {std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string{"\x16\x03\x01\xff\xff"} + std::string(300'000, 'x')}) {
        server = TlsSession::make(context(Role::server, with(leaf, false)));
        std::string_view rest = garbage;
        while (!rest.empty() && server->state() == State::handshake) {
            server->receive(rest.substr(0, 1000), at_server);
            rest.remove_prefix(std::min<std::size_t>(rest.size(), 1000));
        }
        EXPECT_EQ(server->state(), State::failed);
        EXPECT_FALSE(server->why().empty());
        EXPECT_EQ(at_server, "");
    }
}

TEST_F(TlsSessionTest, AChangedRecordFails) {
    connect_plainly();
    client->send("hello");
    std::string wire = client->take_output();
    wire.back() = static_cast<char>(wire.back() ^ 1);
    EXPECT_EQ(server->receive(wire, at_server), State::failed);
    EXPECT_EQ(at_server, "");
}

TEST_F(TlsSessionTest, BadFilesAreNamed) {
    std::string why;
    EXPECT_FALSE(TlsContext::make(Role::server, {}, why));
    EXPECT_EQ(why, "a TLS server needs a certificate");
    TlsSettings settings = with(leaf, false);
    settings.certificate = "/nowhere.pem";
    EXPECT_FALSE(TlsContext::make(Role::server, settings, why));
    EXPECT_THAT(why, HasSubstr("/nowhere.pem: "));
    settings = with(leaf, false);
    settings.key = folder.text("bad.key", "no key");
    EXPECT_FALSE(TlsContext::make(Role::server, settings, why));
    EXPECT_THAT(why, HasSubstr("bad.key: "));
    settings = with(leaf, false);
    settings.key = folder.key("other.key", authority);
    EXPECT_FALSE(TlsContext::make(Role::server, settings, why));
    EXPECT_THAT(why, HasSubstr("other.key: "));
    settings = with(leaf, true);
    settings.trusted = folder.text("bad.pem", "");
    EXPECT_FALSE(TlsContext::make(Role::server, settings, why));
    EXPECT_THAT(why, HasSubstr("bad.pem: "));
}

}  // namespace
}  // namespace sip::test
