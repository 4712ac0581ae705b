#include "server/b2bua/call_shares.hpp"

#include <gmock/gmock.h>

namespace server {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

CoreGauges gauges_of(const CallShares& shares) {
    CoreGauges gauges;
    shares.fill(gauges);
    return gauges;
}

TEST(CallShares, AddUpAndFollowEachCall) {
    CallShares shares;
    shares.set(CallKey{1}, {2, 1, true, true, {"carrier", "other"}});
    shares.set(CallKey{2}, {2, 0, true, false, {"carrier", ""}});
    shares.set(CallKey{2}, {2, 0, true, false, {"carrier", ""}});
    CoreGauges gauges = gauges_of(shares);
    EXPECT_THAT(gauges.calls_by_state, ElementsAre(0, 0, 2, 0));
    EXPECT_EQ(gauges.holds, 1U);
    EXPECT_EQ(gauges.one_way, 1U);
    EXPECT_EQ(gauges.media_sessions, 2U);
    EXPECT_THAT(gauges.trunk_legs, ElementsAre(Pair("carrier", 2), Pair("other", 1)));
    shares.set(CallKey{1}, {3, 0, false, false, {"", ""}});
    gauges = gauges_of(shares);
    EXPECT_THAT(gauges.calls_by_state, ElementsAre(0, 0, 1, 1));
    EXPECT_EQ(gauges.holds, 0U);
    EXPECT_THAT(gauges.trunk_legs, ElementsAre(Pair("carrier", 1)));
}

TEST(CallShares, LeaveNothingBehind) {
    CallShares shares;
    shares.set(CallKey{1}, {0, 2, true, true, {"carrier", "carrier"}});
    EXPECT_THAT(gauges_of(shares).trunk_legs, ElementsAre(Pair("carrier", 2)));
    shares.remove(CallKey{1});
    shares.remove(CallKey{1});
    const CoreGauges gauges = gauges_of(shares);
    EXPECT_THAT(gauges.calls_by_state, ElementsAre(0, 0, 0, 0));
    EXPECT_EQ(gauges.holds, 0U);
    EXPECT_EQ(gauges.media_sessions, 0U);
    EXPECT_EQ(gauges.one_way, 0U);
    EXPECT_TRUE(gauges.trunk_legs.empty());
}

}  // namespace
}  // namespace server
