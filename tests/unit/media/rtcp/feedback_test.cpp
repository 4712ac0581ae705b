// Feedback messages read from a compound and written as one (RFC 4585, RFC 5104).
#include "media/rtcp/feedback.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.hpp"

namespace media {
namespace {

constexpr Cname name{'n', 'a', 'm', 'e'};

// With `type`, `format` and `body` behind an empty receiver report.
std::vector<std::byte> compound(std::uint8_t type, std::uint8_t format, const std::vector<std::uint32_t>& body) {
    std::vector<std::byte> out(8 + 4 + 4 * body.size());
    base::write_u32(out, 0, 0x80c90001);
    base::write_u32(out, 4, 9);
    base::write_u32(out, 8,
                    0x80000000U | std::uint32_t{format} << 24 | std::uint32_t{type} << 16 |
                        static_cast<std::uint32_t>(body.size()));
    for (std::size_t i = 0; i < body.size(); ++i) { base::write_u32(out, 12 + 4 * i, body[i]); }
    return out;
}

Feedback read(const std::vector<std::byte>& datagram, std::uint32_t ssrc) {
    const auto view = RtcpView::parse(datagram);
    EXPECT_TRUE(view);
    return view ? read_feedback(*view, ssrc) : Feedback{};
}

TEST(Feedback, IsWrittenAsAMinimalCompoundAndReadBack) {
    Feedback feedback;
    feedback.picture_loss = true;
    feedback.full_intra = 200;
    feedback.estimate = 0xfc0001;
    for (std::uint16_t i = 0; i < Feedback::max_nacks; ++i) { feedback.nacks.push_back({i, 0x8001}); }
    FeedbackBuffer buffer;
    const auto written = write_feedback(feedback, 1, 2, name, buffer);
    EXPECT_EQ(written.size(), buffer.size()) << "the buffer is as long as the longest";
    const auto view = RtcpView::parse(written);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->sender_ssrc(), 1U);
    std::vector<int> types;
    view->for_each([&](const RtcpPacket& packet) { types.push_back(packet.type); });
    EXPECT_EQ(types, (std::vector<int>{201, 202, 206, 206, 206, 205}));
    const Feedback again = read_feedback(*view, 2);
    EXPECT_TRUE(again.picture_loss);
    EXPECT_EQ(again.full_intra, 200);
    EXPECT_EQ(again.estimate, 0xfc0001U);
    EXPECT_EQ(again.nacks, feedback.nacks);
    EXPECT_FALSE(read_feedback(*view, 3).any()) << "it is about another sender";
}

TEST(Feedback, ReadsNoMoreLostPacketsThanItsLimit) {
    std::vector<std::uint32_t> body{9, 2};
    body.insert(body.end(), Feedback::max_nacks + 1, 0x00010000);
    EXPECT_EQ(read(compound(205, 1, body), 2).nacks.size(), Feedback::max_nacks);
}

TEST(Feedback, FindsTheCommandForItsSenderAmongOthers) {
    EXPECT_EQ(read(compound(206, 4, {9, 0, 5, 0x01000000, 2, 0x07000000}), 2).full_intra, 7);
}

constexpr std::uint32_t remb = 0x52454d42;

TEST(Feedback, FindsAnEstimateThatIsAboutItsSenderAmongOthers) {
    EXPECT_EQ(read(compound(206, 15, {9, 0, remb, 0x030c0102, 7, 2, 8}), 2).estimate, 0x0c0102U);
    EXPECT_FALSE(read(compound(206, 15, {9, 0, remb, 0x020c0102, 7, 8}), 2).any());
    EXPECT_FALSE(read(compound(206, 15, {9, 2, remb, 0x000c0102}), 2).any()) << "about nobody";
    EXPECT_FALSE(read(compound(206, 15, {9, 0, remb, 0x010c0102, 7, 2}), 2).any()) << "behind those that it counts";
}

TEST(Feedback, TakesNoEstimateThatPromisesMoreSendersThanItHas) {
    EXPECT_FALSE(read(compound(206, 15, {9, 0, remb, 0x030c0102, 2, 7}), 2).any());
    EXPECT_FALSE(read(compound(206, 15, {9, 0, remb, 0xff0c0102, 2}), 2).any());
    EXPECT_FALSE(read(compound(206, 15, {9, 0, remb}), 2).any());
    std::vector<std::uint32_t> body{9, 0, remb, 0xff0c0102};
    body.resize(4 + 255, 2);
    EXPECT_EQ(read(compound(206, 15, body), 2).estimate, 0x0c0102U);
}

TEST(Feedback, LeavesOutOtherMessagesAndShortOnes) {
    EXPECT_FALSE(read(compound(206, 15, {9, 2, 0x12345678, 0x01000001, 2}), 2).any()) << "of another application";
    EXPECT_FALSE(read(compound(205, 15, {9, 2, 0}), 2).any());
    EXPECT_FALSE(read(compound(206, 1, {9}), 2).any());
    EXPECT_FALSE(read(compound(206, 4, {9, 0, 2}), 2).any());
}

}  // namespace
}  // namespace media
