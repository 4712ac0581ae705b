#include "server/routing/source_limit.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{};
const base::IpAddress source = *base::IpAddress::parse("192.0.2.1");

TEST(SourceLimit, SomeIsInHand) {
    SourceLimit limit{{.in_hand = 3, .comes_back = 6s}};
    for (int i = 0; i < 2; ++i) { limit.spend(start, source); }
    EXPECT_EQ(limit.blocked_for(start, source), 0s);
    limit.spend(start, source);
    EXPECT_EQ(limit.blocked_for(start, source), 6s);
}

TEST(SourceLimit, ItComesBackOneByOne) {
    SourceLimit limit{{.in_hand = 3, .comes_back = 6s}};
    for (int i = 0; i < 3; ++i) { limit.spend(start, source); }
    EXPECT_EQ(limit.blocked_for(start + 5s, source), 1s);
    EXPECT_EQ(limit.blocked_for(start + 6s, source), 0s);
    limit.spend(start + 6s, source);
    EXPECT_EQ(limit.blocked_for(start + 6s, source), 6s);
    EXPECT_EQ(limit.blocked_for(start + 1h, source), 0s);
}

TEST(SourceLimit, OthersAreNotBlocked) {
    SourceLimit limit{{.in_hand = 1}};
    limit.spend(start, source);
    EXPECT_EQ(limit.blocked_for(start, *base::IpAddress::parse("192.0.2.2")), 0s);
}

TEST(SourceLimit, AnIpv6SourceIsItsNetwork) {
    SourceLimit limit{{.in_hand = 1}};
    limit.spend(start, *base::IpAddress::parse("2001:db8:0:1::1"));
    EXPECT_GT(limit.blocked_for(start, *base::IpAddress::parse("2001:db8:0:1:ffff::2")), 0s);
    EXPECT_EQ(limit.blocked_for(start, *base::IpAddress::parse("2001:db8:0:2::1")), 0s);
}

TEST(SourceLimit, AMappedAddressIsItsIpv4Address) {
    SourceLimit limit{{.in_hand = 1}};
    limit.spend(start, *base::IpAddress::parse("::ffff:192.0.2.1"));
    EXPECT_GT(limit.blocked_for(start, source), 0s);
}

TEST(SourceLimit, ForgetsWhoSpentLongestAgo) {
    SourceLimit limit{{.in_hand = 1, .sources = 2}};
    const auto address = [](const char* text) { return *base::IpAddress::parse(text); };
    limit.spend(start, address("192.0.2.1"));
    limit.spend(start + 1ms, address("192.0.2.2"));
    limit.spend(start + 2ms, address("192.0.2.1"));
    limit.spend(start + 3ms, address("192.0.2.3"));
    EXPECT_EQ(limit.size(), 2U);
    EXPECT_EQ(limit.blocked_for(start + 3ms, address("192.0.2.2")), 0s);
    EXPECT_GT(limit.blocked_for(start + 3ms, address("192.0.2.1")), 0s);
}

}  // namespace
}  // namespace server
