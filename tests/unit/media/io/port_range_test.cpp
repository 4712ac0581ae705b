#include "media/io/port_range.hpp"

#include <gtest/gtest.h>

#include <set>

namespace media {
namespace {

using std::chrono::seconds;

class PortRangeTest : public testing::Test {
protected:
    base::Instant at(int second) const { return base::Instant{} + std::chrono::hours{1} + seconds{second}; }
};

TEST_F(PortRangeTest, HandsOutEvenPortsOfWholePairs) {
    PortRange ports{{20001, 20006}, seconds{30}};
    EXPECT_EQ(ports.pairs(), 2U);
    EXPECT_EQ(ports.take(at(0)), 20002);
    EXPECT_EQ(ports.take(at(0)), 20004);
    EXPECT_FALSE(ports.take(at(0)));
}

TEST_F(PortRangeTest, HasNothingInARangeWithoutAPair) {
    EXPECT_EQ(PortRange({20001, 20002}, seconds{30}).pairs(), 0U);
    EXPECT_EQ(PortRange({20000, 20000}, seconds{30}).pairs(), 0U);
    EXPECT_EQ(PortRange({1, 0}, seconds{30}).pairs(), 0U);
    EXPECT_EQ(PortRange({20000, 20001}, seconds{30}).pairs(), 1U);
    EXPECT_EQ(PortRange({65534, 65535}, seconds{30}).take(at(0)), 65534);
}

TEST_F(PortRangeTest, ReusesTheOneThatRestedLongest) {
    PortRange ports{{20000, 20005}, seconds{30}};
    const auto first = *ports.take(at(0));
    const auto second = *ports.take(at(0));
    ports.release(at(1), second);
    ports.release(at(2), first);
    EXPECT_EQ(ports.take(at(3)), 20004);
    EXPECT_EQ(ports.take(at(3)), second);
    EXPECT_EQ(ports.take(at(3)), first);
}

TEST_F(PortRangeTest, LetsAPairRestWhileOthersAreFree) {
    PortRange ports{{20000, 20199}, seconds{30}};
    std::set<std::uint16_t> resting;
    for (int second = 0; second < 30; ++second) {
        for (int call = 0; call < 3; ++call) {
            const auto port = *ports.take(at(second));
            EXPECT_TRUE(resting.insert(port).second) << port;
            ports.release(at(second), port);
        }
    }
    EXPECT_EQ(ports.taken_in_quarantine(), 0U);
}

TEST_F(PortRangeTest, NeverFailsForRestAloneButCountsIt) {
    PortRange ports{{20000, 20001}, seconds{30}};
    ports.release(at(0), *ports.take(at(0)));
    EXPECT_TRUE(ports.take(at(29)));
    EXPECT_EQ(ports.taken_in_quarantine(), 1U);
    ports.release(at(30), 20000);
    EXPECT_TRUE(ports.take(at(60)));
    EXPECT_EQ(ports.taken_in_quarantine(), 1U);
}

TEST_F(PortRangeTest, TriesABusyPairAgainAfterAllOthers) {
    PortRange ports{{20000, 20003}, seconds{30}};
    ports.bind_failed(at(0), *ports.take(at(0)));
    EXPECT_EQ(ports.bind_failures(), 1U);
    EXPECT_EQ(ports.take(at(0)), 20002);
    EXPECT_EQ(ports.take(at(0)), 20000);
}

TEST_F(PortRangeTest, GivesAPairThatWasNotUsedToTheNext) {
    PortRange ports{{20000, 20005}, seconds{30}};
    ports.put_back(*ports.take(at(0)));
    EXPECT_EQ(ports.take(at(0)), 20000);
    EXPECT_EQ(ports.free_pairs(), 2U);
}

TEST_F(PortRangeTest, KnowsHowManyOfTheFreePairsRest) {
    PortRange ports{{20000, 20005}, seconds{30}};
    EXPECT_EQ(ports.resting_pairs(at(0)), 0U);
    ports.release(at(10), *ports.take(at(0)));
    EXPECT_EQ(ports.free_pairs(), 3U);
    EXPECT_EQ(ports.resting_pairs(at(39)), 1U);
    EXPECT_EQ(ports.resting_pairs(at(40)), 0U);
}

TEST_F(PortRangeTest, IsSharedOutBetweenShardsWithoutOverlapOrLoss) {
    for (const unsigned shards : {1U, 2U, 3U, 7U}) {
        std::set<std::uint16_t> all;
        for (unsigned shard = 0; shard < shards; ++shard) {
            PortRange ports{slice_for_shard({20001, 20040}, shard, shards), seconds{30}};
            while (const auto port = ports.take(at(0))) { EXPECT_TRUE(all.insert(*port).second) << *port; }
        }
        EXPECT_EQ(all.size(), 19U) << shards;
        EXPECT_EQ(*all.begin(), 20002);
        EXPECT_EQ(*all.rbegin(), 20038);
    }
}

TEST_F(PortRangeTest, LeavesAShardWithoutPortsWhereThereAreFewerPairsThanShards) {
    EXPECT_EQ(PortRange(slice_for_shard({20000, 20001}, 0, 2), seconds{30}).pairs() +
                  PortRange(slice_for_shard({20000, 20001}, 1, 2), seconds{30}).pairs(),
              1U);
}

}  // namespace
}  // namespace media
