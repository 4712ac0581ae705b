#include "server/b2bua/addressing.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

sip::Flow flow(const char* local, const char* remote, sip::Transport transport = sip::Transport::udp) {
    return {transport, *base::Endpoint::parse(local), *base::Endpoint::parse(remote), 0};
}

OwnAddress shown(const config::Config& config, const sip::Flow& flow) {
    CoreSetup setup;
    setup.source_address = [](const base::IpAddress&) { return *base::IpAddress::parse("192.0.2.9"); };
    return own_address(flow, config, setup);
}

TEST(OwnAddress, IsTheListenersOrTheOneThatRoutesToThePeer) {
    const auto own = shown({}, flow("192.0.2.1:5060", "198.51.100.1:5060"));
    EXPECT_EQ(own.host, "192.0.2.1");
    EXPECT_EQ(own.sent_by, "192.0.2.1:5060");
    EXPECT_EQ(own.contact, "<sip:192.0.2.1:5060>");
    EXPECT_EQ(own.origin().to_string(), "192.0.2.1");
    EXPECT_EQ(shown({}, flow("0.0.0.0:5060", "198.51.100.1:5060")).sent_by, "192.0.2.9:5060");
    EXPECT_EQ(shown({}, flow("[2001:db8::1]:5060", "[2001:db8::2]:5060", sip::Transport::tcp)).contact,
              "<sip:[2001:db8::1]:5060;transport=tcp>");
}

TEST(OwnAddress, IsWhatIsAdvertised) {
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    config.media.advertise = "203.0.113.11";
    const auto own = shown(config, flow("10.0.0.1:5060", "198.51.100.1:5060"));
    EXPECT_EQ(own.host, "203.0.113.10");
    EXPECT_EQ(own.contact, "<sip:203.0.113.10:5060>");
    EXPECT_EQ(own.media->to_string(), "203.0.113.11");
    EXPECT_EQ(own.origin().to_string(), "203.0.113.11");
    EXPECT_EQ(own.ip.to_string(), "10.0.0.1");
}

TEST(OwnAddress, OfTheOtherFamilyIsNotAdvertised) {
    config::Config config;
    config.sip.advertise = "203.0.113.10";
    config.media.advertise = "203.0.113.10";
    const auto own = shown(config, flow("[2001:db8::1]:5060", "[2001:db8::2]:5060"));
    EXPECT_EQ(own.host, "2001:db8::1");
    EXPECT_EQ(own.sent_by, "[2001:db8::1]:5060");
    EXPECT_FALSE(own.media);
    EXPECT_EQ(own.origin().to_string(), "2001:db8::1");
}

TEST(OwnAddress, MayBeANameForBothFamilies) {
    config::Config config;
    config.sip.advertise = "sbc.example.com";
    for (const char* const local : {"10.0.0.1:5060", "[2001:db8::1]:5060"}) {
        const auto own = shown(config, flow(local, local));
        EXPECT_EQ(own.sent_by, "sbc.example.com:5060");
        EXPECT_EQ(own.origin(), base::Endpoint::parse(local)->address);
    }
}

}  // namespace
}  // namespace server
