#include "base/ip.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(IpAddress, ReadsBothFamiliesAndNothingElse) {
    EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_string(), "192.0.2.1");
    EXPECT_EQ(IpAddress::parse("2001:DB8:0::1")->to_string(), "2001:db8::1");
    for (const char* wrong : {"", "192.0.2", "192.0.2.256", "192.0.2.1 ", "[::1]", "host", "2001:db8:::1", "::1%lo"}) {
        EXPECT_FALSE(IpAddress::parse(wrong)) << wrong;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view{"1.2.3.4\0", 8}));
}

TEST(IpAddress, AMappedAddressIsItsIpv4Address) {
    EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.2")->unmapped(), *IpAddress::parse("192.0.2.2"));
    EXPECT_EQ(IpAddress::parse("2001:db8::1")->unmapped(), *IpAddress::parse("2001:db8::1"));
}

TEST(IpAddress, KnowsItsKind) {
    EXPECT_TRUE(IpAddress::parse("127.8.9.1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("0.0.0.0")->is_unspecified());
    EXPECT_TRUE(IpAddress::parse("::")->is_unspecified());
    EXPECT_TRUE(IpAddress::parse("239.1.1.1")->is_multicast());
    EXPECT_TRUE(IpAddress::parse("ff02::1")->is_multicast());
    EXPECT_FALSE(IpAddress::parse("10.0.0.1")->is_loopback());
}

TEST(Endpoint, NeedsAPortAndBracketsForIpv6) {
    EXPECT_EQ(Endpoint::parse("192.0.2.1:5060")->to_string(), "192.0.2.1:5060");
    EXPECT_EQ(Endpoint::parse("[::1]:5061")->to_string(), "[::1]:5061");
    for (const char* wrong : {"192.0.2.1", "::1:5060", "[192.0.2.1]:5060", "192.0.2.1:65536", "192.0.2.1:", ":5060"}) {
        EXPECT_FALSE(Endpoint::parse(wrong)) << wrong;
    }
}

TEST(Subnet, ContainsByPrefix) {
    const auto net = Subnet::parse("198.51.100.64/26");
    ASSERT_TRUE(net);
    EXPECT_TRUE(net->contains(*IpAddress::parse("198.51.100.127")));
    EXPECT_FALSE(net->contains(*IpAddress::parse("198.51.100.128")));
    EXPECT_TRUE(net->contains(*IpAddress::parse("::ffff:198.51.100.65")));
    EXPECT_FALSE(net->contains(*IpAddress::parse("2001:db8::1")));
    EXPECT_TRUE(Subnet::parse("0.0.0.0/0")->contains(*IpAddress::parse("8.8.8.8")));
    EXPECT_TRUE(Subnet::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:7fff::1")));
    EXPECT_FALSE(Subnet::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:8000::1")));
    EXPECT_EQ(Subnet::parse("192.0.2.1")->prefix, 32U);
    for (const char* wrong : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/x", "host/8"}) {
        EXPECT_FALSE(Subnet::parse(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace base
