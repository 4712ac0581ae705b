#include "media/rtcp/rtcp_view.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

Bytes join(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) { out.insert(out.end(), part.begin(), part.end()); }
    return out;
}

const Bytes empty_report = bytes({0x80, 201, 0, 1, 0, 0, 0, 9});
const Bytes description = bytes({0x81, 202, 0, 2, 0, 0, 0, 9, 1, 1, 'x', 0});
const Bytes bye = bytes({0x81, 203, 0, 1, 0, 0, 0, 9});

Bytes sender_report(unsigned count, std::size_t blocks) {
    Bytes report = bytes({0x80 | count, 200, 0, static_cast<unsigned>(6 + 6 * blocks), 0, 0, 0, 9});
    for (unsigned i = 1; i <= 20; ++i) { report.push_back(static_cast<std::byte>(i)); }
    for (std::size_t i = 0; i < blocks; ++i) {
        const Bytes block =
            bytes({0, 0, 0, static_cast<unsigned>(50 + i), 128, 0xff, 0xff, 0xfe, 0, 1, 0, 2, 0, 0, 0, 7, 1, 2, 3, 4, 0,
                   1, 0, 0});
        report.insert(report.end(), block.begin(), block.end());
    }
    return report;
}

TEST(RtcpView, TakesACompoundThatStartsWithAReport) {
    const auto view = RtcpView::parse(join({empty_report, description, bye}));
    ASSERT_TRUE(view);
    EXPECT_FALSE(RtcpView::parse(join({description, empty_report})));
    EXPECT_FALSE(RtcpView::parse(bye));
    EXPECT_FALSE(RtcpView::parse({}));
}

TEST(RtcpView, ReadsTheSenderAndTheBlockAboutUs) {
    const Bytes datagram = join({sender_report(2, 2), description, bye});
    const auto view = RtcpView::parse(datagram);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->sender_ssrc(), 9U);
    EXPECT_EQ(view->sender_info()->ntp, 0x0102030405060708U);
    EXPECT_EQ(view->sender_info()->packets, 0x0d0e0f10U);
    EXPECT_TRUE(view->says_bye());
    const auto block = view->block_about(51);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->reception.fraction_lost, 128);
    EXPECT_EQ(block->reception.cumulative_lost, -2);
    EXPECT_EQ(block->reception.highest_sequence, 0x00010002U);
    EXPECT_EQ(block->last_sr, 0x01020304U);
    EXPECT_EQ(block->delay_since_sr, 65536U);
    EXPECT_FALSE(view->block_about(52));
}

TEST(RtcpView, RefusesALengthThatPointsPastTheEnd) {
    Bytes datagram = join({empty_report, bye});
    datagram.pop_back();
    EXPECT_FALSE(RtcpView::parse(datagram));
    EXPECT_FALSE(RtcpView::parse(join({empty_report, bytes({0x80, 203, 0})})));
}

TEST(RtcpView, RefusesMoreBlocksThanThereIsRoomFor) {
    EXPECT_TRUE(RtcpView::parse(sender_report(2, 2)));
    EXPECT_FALSE(RtcpView::parse(sender_report(3, 2)));
    EXPECT_FALSE(RtcpView::parse(bytes({0x80, 201, 0, 0}))) << "a report without an SSRC";
    EXPECT_FALSE(RtcpView::parse(join({empty_report, bytes({0x82, 203, 0, 1, 0, 0, 0, 9})})));
}

TEST(RtcpView, TakesPaddingOnTheLastPacketOnly) {
    Bytes padded = bytes({0xa0, 201, 0, 2, 0, 0, 0, 9, 0, 0, 0, 4});
    EXPECT_TRUE(RtcpView::parse(padded));
    EXPECT_FALSE(RtcpView::parse(join({padded, bye})));
    padded.back() = std::byte{3};
    EXPECT_FALSE(RtcpView::parse(padded));
    padded.back() = std::byte{0};
    EXPECT_FALSE(RtcpView::parse(padded));
    padded.back() = std::byte{8};
    EXPECT_FALSE(RtcpView::parse(padded)) << "the SSRC is not padding";
    padded.back() = std::byte{12};
    EXPECT_FALSE(RtcpView::parse(padded));
}

TEST(RtcpView, RefusesEveryVersionButTwo) {
    Bytes datagram = empty_report;
    datagram[0] = std::byte{0x40};
    EXPECT_FALSE(RtcpView::parse(datagram));
    EXPECT_FALSE(RtcpView::parse(join({empty_report, datagram})));
}

// RFC 5761 §4: payload types 64 to 95 with the marker are what RTCP looks like.
TEST(RtcpDemux, SplitsASharedPortByTheSecondByte) {
    EXPECT_FALSE(is_rtcp(bytes({0x80, 191})));
    EXPECT_TRUE(is_rtcp(bytes({0x80, 192})));
    EXPECT_TRUE(is_rtcp(bytes({0x80, 200})));
    EXPECT_TRUE(is_rtcp(bytes({0x80, 223})));
    EXPECT_FALSE(is_rtcp(bytes({0x80, 224})));
    EXPECT_FALSE(is_rtcp(bytes({0x80, 0x80 | 101})));
    EXPECT_FALSE(is_rtcp(bytes({0x80})));
}

}  // namespace
}  // namespace media::test
