#include "media/rtp/rtp_view.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

Bytes packet_of(unsigned first, std::size_t size) {
    Bytes packet(size);
    packet[0] = static_cast<std::byte>(first);
    return packet;
}

TEST(RtpView, ReadsTheFixedHeader) {
    const Bytes packet = bytes({0x80, 0x88, 0x12, 0x34, 1, 2, 3, 4, 0xca, 0xfe, 0xba, 0xbe, 0x55});
    const auto view = parse_rtp(packet);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->header.marker);
    EXPECT_EQ(view->header.payload_type, 8);
    EXPECT_EQ(view->header.sequence, 0x1234);
    EXPECT_EQ(view->header.timestamp, 0x01020304U);
    EXPECT_EQ(view->header.ssrc, 0xcafebabeU);
    EXPECT_EQ(view->payload_offset, 12U);
    EXPECT_EQ(view->payload_size, 1U);
}

TEST(RtpView, TakesAnEmptyPayloadAndNoByteLess) {
    EXPECT_TRUE(parse_rtp(packet_of(0x80, 12)));
    EXPECT_FALSE(parse_rtp(packet_of(0x80, 11)));
    EXPECT_FALSE(parse_rtp({}));
}

TEST(RtpView, RefusesEveryVersionButTwo) {
    EXPECT_FALSE(parse_rtp(packet_of(0x00, 20)));
    EXPECT_FALSE(parse_rtp(packet_of(0x40, 20)));
    EXPECT_FALSE(parse_rtp(packet_of(0xc0, 20)));
}

TEST(RtpView, SkipsContributingSourcesIfTheyAreThere) {
    EXPECT_EQ(parse_rtp(packet_of(0x8f, 12 + 60))->payload_offset, 72U);
    EXPECT_FALSE(parse_rtp(packet_of(0x8f, 12 + 59)));
}

TEST(RtpView, SkipsTheHeaderExtensionIfItIsThere) {
    Bytes packet = packet_of(0x90, 12 + 4 + 8 + 3);
    packet[15] = std::byte{2};
    const auto view = parse_rtp(packet);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->extension_size, 8U);
    EXPECT_EQ(view->payload_size, 3U);
    packet.resize(12 + 4 + 7);
    EXPECT_FALSE(parse_rtp(packet));
    EXPECT_FALSE(parse_rtp(packet_of(0x90, 12 + 3)));
}

TEST(RtpView, LeavesPaddingOutOfThePayload) {
    Bytes packet = packet_of(0xa0, 12 + 8);
    packet.back() = std::byte{4};
    EXPECT_EQ(parse_rtp(packet)->payload_size, 4U);
    packet.back() = std::byte{8};
    EXPECT_EQ(parse_rtp(packet)->payload_size, 0U);
}

TEST(RtpView, RefusesPaddingOfNothingOrMoreThanThePayload) {
    Bytes packet = packet_of(0xa0, 12 + 8);
    packet.back() = std::byte{0};
    EXPECT_FALSE(parse_rtp(packet));
    packet.back() = std::byte{9};
    EXPECT_FALSE(parse_rtp(packet));
    EXPECT_FALSE(parse_rtp(packet_of(0xa0, 12)));
}

TEST(RtpView, ReadsBackTheHeaderThatWeWrite) {
    Bytes packet(12);
    write_rtp_header(packet, RtpHeader{true, 101, 0xfffe, 0xfffffffd, 7});
    const auto view = parse_rtp(packet);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->header.marker);
    EXPECT_EQ(view->header.payload_type, 101);
    EXPECT_EQ(view->header.sequence, 0xfffe);
    EXPECT_EQ(view->header.timestamp, 0xfffffffdU);
    EXPECT_EQ(view->header.ssrc, 7U);
}

}  // namespace
}  // namespace media::test
