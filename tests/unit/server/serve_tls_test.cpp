#include "server/serve_tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

namespace server {
namespace {

class LoadTls : public testing::Test {
protected:
    LoadTls() {
        const auto own = sip::test::issue("DNS:sip.example.com");
        config.sip.listen = {{"udp", {}}, {"tls", {}}};
        config.sip.tls.certificate = folder.certificate("own.pem", own);
        config.sip.tls.key = folder.key("own.key", own);
    }
    sip::test::Folder folder;
    config::Config config;
};

TEST_F(LoadTls, AsksNobodyForACertificateAndVerifiesNobodyUntilToldTo) {
    auto tls = load_tls(config);
    ASSERT_TRUE(tls.server && tls.client);
    EXPECT_FALSE(tls.server->verifies());
    EXPECT_FALSE(tls.client->verifies());
    config.sip.tls.verify_peer = true;
    config.sip.tls.client_ca = config.sip.tls.certificate;
    tls = load_tls(config);
    EXPECT_TRUE(tls.server->verifies());
    EXPECT_TRUE(tls.client->verifies());
}

TEST_F(LoadTls, IsForSecureWebSocketsToo) {
    config.sip.listen = {{"wss", {}}};
    EXPECT_TRUE(load_tls(config).server);
    config.sip.listen = {{"ws", {}}};
    EXPECT_FALSE(load_tls(config).server);
}

TEST_F(LoadTls, ReadsNothingWhereNothingListens) {
    config.sip.listen.pop_back();
    config.sip.tls.certificate = "/nowhere";
    EXPECT_FALSE(load_tls(config).server);
}

TEST_F(LoadTls, KnowsWhenItsCertificateEnds) {
    const auto ends = certificate_ends(load_tls(config));
    ASSERT_TRUE(ends.contains("sip.tls"));
    const double now = std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count();
    EXPECT_GT(ends.at("sip.tls"), now);
    EXPECT_LT(ends.at("sip.tls"), now + 100.0 * 366 * 24 * 3600);
    EXPECT_TRUE(certificate_ends({}).empty());
}

TEST_F(LoadTls, NamesTheFileThatCannotBeUsed) {
    config.sip.tls.ca = "/nowhere";
    config.sip.tls.verify_peer = true;
    try {
        load_tls(config);
        FAIL() << "taken";
    } catch (const std::runtime_error& error) { EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere: ")); }
}

}  // namespace
}  // namespace server
