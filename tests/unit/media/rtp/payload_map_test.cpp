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

TEST(PayloadMap, LeavesOutEventsOfAnotherClock) {
    PayloadMap map;
    const std::vector<PayloadFormat> formats{{Codec::telephone_event, 110, 48000}, {Codec::telephone_event, 101, 8000}};
    map.set(formats, formats);
    EXPECT_FALSE(map.received(110));
    EXPECT_EQ(map.number(Codec::telephone_event), 101);
}

}  // namespace
}  // namespace media
