#include "server/routing/trunk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Trunk trunk_with(std::vector<config::TrunkPeer> peers) {
    config::Trunk settings;
    settings.peers = std::move(peers);
    return Trunk{"t", settings};
}

std::vector<std::string> hosts(const std::vector<sip::Uri>& uris) {
    std::vector<std::string> result;
    for (const sip::Uri& uri : uris) { result.push_back(uri.host); }
    return result;
}

TEST(Trunk, TriesPeersByPriority) {
    base::SeededRandom random{1};
    const Trunk trunk = trunk_with({{"sip:last", 3}, {"sip:first", 1}, {"sip:second", 2}});
    EXPECT_THAT(hosts(trunk.request_uris("1", random)), ElementsAre("first", "second", "last"));
}

TEST(Trunk, SharesCallsByWeightWithinOnePriority) {
    base::SeededRandom random{7};
    const Trunk trunk = trunk_with({{"sip:heavy", 1, 70}, {"sip:light", 1, 30}, {"sip:spare", 2, 100}});
    std::map<std::string, int> first;
    for (int i = 0; i < 10'000; ++i) {
        const auto uris = trunk.request_uris("1", random);
        ASSERT_EQ(uris.size(), 3U);
        EXPECT_EQ(uris[2].host, "spare");
        ++first[uris[0].host];
    }
    EXPECT_NEAR(first["heavy"], 7'000, 200);
    EXPECT_NEAR(first["light"], 3'000, 200);
}

TEST(Trunk, TriesAPeerOfWeightZeroLast) {
    base::SeededRandom random{3};
    const Trunk trunk = trunk_with({{"sip:zero", 1, 0}, {"sip:some", 1, 1}});
    for (int i = 0; i < 100; ++i) { EXPECT_EQ(trunk.request_uris("1", random)[0].host, "some"); }
    EXPECT_EQ(trunk_with({{"sip:a", 1, 0}, {"sip:b", 1, 0}}).request_uris("1", random).size(), 2U);
}

TEST(Trunk, WithoutPeersHasNowhereToGo) {
    base::SeededRandom random{1};
    EXPECT_THAT(trunk_with({}).request_uris("1", random), IsEmpty());
}

TEST(Trunk, PutsTheDialledUserBeforeThePeersHostAndPort) {
    base::SeededRandom random{1};
    const Trunk trunk = trunk_with({{"sip:old:secret@[2001:db8::1]:5070;transport=tcp"}});
    const auto uris = trunk.request_uris("+4930", random);
    EXPECT_EQ(uris.at(0).to_string(), "sip:+4930@[2001:db8::1]:5070;transport=tcp");
    EXPECT_EQ(trunk.request_uris("", random).at(0).to_string(), "sip:[2001:db8::1]:5070;transport=tcp");
}

TEST(Trunk, EscapesWhatMayNotStandInAUserPart) {
    base::SeededRandom random{1};
    const Trunk trunk = trunk_with({{"sip:h"}});
    const std::string hostile{"a@b\r\nVia: x\0#é", 15};
    EXPECT_EQ(trunk.request_uris(hostile, random).at(0).to_string(), "sip:a%40b%0D%0AVia%3A%20x%00%23%C3%A9@h");
    EXPECT_EQ(trunk.request_uris("a-_.!~*'()&=+$,;?/1", random).at(0).user, "a-_.!~*'()&=+$,;?/1");
}

TEST(PlainUser, IsWhatTheEscapesMean) {
    EXPECT_EQ(plain_user("a%40b"), "a@b");
    EXPECT_EQ(plain_user("%zz"), "%zz");
    EXPECT_EQ(plain_user(""), "");
}

}  // namespace
}  // namespace server
