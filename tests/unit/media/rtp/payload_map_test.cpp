#include "media/rtp/payload_map.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace media {
namespace {

TEST(PayloadMap, KnowsNothingBeforeItIsSet) {
    const PayloadMap map;
    EXPECT_FALSE(map.received(0));
    EXPECT_FALSE(map.number(Codec::pcmu));
    EXPECT_FALSE(map.preferred_audio());
}

TEST(PayloadMap, KeepsReceivedAndSentNumbersApart) {
    PayloadMap map;
    const std::vector<PayloadFormat> receive{
        {Codec::pcmu, 0}, {Codec::telephone_event, 96}, {Codec::telephone_event, 97}};
    const std::vector<PayloadFormat> send{{Codec::telephone_event, 101}, {Codec::pcma, 8}, {Codec::pcmu, 0}};
    map.set(receive, send);
    EXPECT_EQ(map.received(96), Codec::telephone_event);
    EXPECT_EQ(map.received(97), Codec::telephone_event);
    EXPECT_FALSE(map.received(101));
    EXPECT_FALSE(map.received(8));
    EXPECT_EQ(map.number(Codec::telephone_event), 101);
    EXPECT_EQ(map.preferred_audio(), Codec::pcma);
}

TEST(PayloadMap, KnowsRelayedFormatsByTheirMeaning) {
    PayloadMap map;
    const std::uint8_t last = max_meanings - 1;
    map.set(std::vector<PayloadFormat>{{Codec::relayed, 96, 90'000, 0}, {Codec::relayed, 97, 90'000, last}},
            std::vector<PayloadFormat>{{Codec::relayed, 120, 90'000, last}, {Codec::relayed, 121, 90'000, last}});
    EXPECT_EQ(map.received(96), Codec::relayed);
    EXPECT_EQ(map.received(97), Codec::relayed);
    EXPECT_EQ(map.meaning(97), last);
    EXPECT_EQ(map.number(Codec::relayed, last), 120);
    EXPECT_FALSE(map.number(Codec::relayed, 0)) << "the peer does not take it";
    EXPECT_FALSE(map.preferred_audio());
}

TEST(PayloadMap, LeavesOutAMeaningPastTheLimit) {
    PayloadMap map;
    const std::vector<PayloadFormat> formats{{Codec::relayed, 96, 90'000, max_meanings}};
    map.set(formats, formats);
    EXPECT_FALSE(map.received(96));
    EXPECT_FALSE(map.number(Codec::relayed, 0));
}

TEST(PayloadMap, LeavesOutEventsOfAnotherClock) {
    PayloadMap map;
    const std::vector<PayloadFormat> formats{{Codec::telephone_event, 110, 48000}, {Codec::telephone_event, 101, 8000}};
    map.set(formats, formats);
    EXPECT_FALSE(map.received(110));
    EXPECT_EQ(map.number(Codec::telephone_event), 101);
}

}  // namespace
}  // namespace media
