#include "media/rtcp/reporter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/rtcp/ntp.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ReporterTest : public testing::Test {
protected:
    Bytes report(base::Duration at, std::uint32_t packets, bool bye = false) {
        ReportBuffer buffer;
        const auto written =
            reporter.report(start + at, 77, SenderInfo{0, 800, packets, packets * 160}, received, bye, buffer);
        return Bytes(written.begin(), written.end());
    }
    base::Instant start = base::Instant{} + std::chrono::hours{5};
    base::SeededRandom random{1};
    ReceiveStats received;
    Reporter reporter{start, random};
};

TEST_F(ReporterTest, IsDueOnlyOnceStarted) {
    EXPECT_EQ(reporter.due(), base::never);
    reporter.start(start);
    EXPECT_NE(reporter.due(), base::never);
    reporter.stop();
    EXPECT_EQ(reporter.due(), base::never);
}

TEST_F(ReporterTest, WaitsFiveSecondsGiveOrTakeHalf) {
    reporter.start(start);
    EXPECT_GE(reporter.due(), start + milliseconds{1250});
    EXPECT_LE(reporter.due(), start + milliseconds{3750});
    base::Duration least = seconds{100};
    base::Duration most{};
    for (int i = 0; i < 1000; ++i) {
        report(seconds{10}, 1);
        least = std::min(least, reporter.due() - (start + seconds{10}));
        most = std::max(most, reporter.due() - (start + seconds{10}));
    }
    EXPECT_GE(least, milliseconds{2500});
    EXPECT_LT(least, milliseconds{2600});
    EXPECT_LE(most, milliseconds{7500});
    EXPECT_GT(most, milliseconds{7400});
}

TEST_F(ReporterTest, WritesAReceiverReportWhileNothingWasSent) {
    const Bytes datagram = report(seconds{3}, 0);
    const auto view = RtcpView::parse(datagram);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->sender_ssrc(), 77U);
    EXPECT_FALSE(view->sender_info());
    EXPECT_FALSE(view->says_bye());
}

TEST_F(ReporterTest, WritesASenderReportWhileSendingAndAReceiverReportAfter) {
    const Bytes first = report(seconds{3}, 10);
    const auto info = RtcpView::parse(first)->sender_info();
    ASSERT_TRUE(info);
    EXPECT_EQ(info->packets, 10U);
    EXPECT_EQ(info->octets, 1600U);
    EXPECT_EQ(info->timestamp, 800U);
    const Bytes second = report(seconds{8}, 10);
    EXPECT_FALSE(RtcpView::parse(second)->sender_info());
}

TEST_F(ReporterTest, NamesItselfAndSaysGoodbyeAtTheEnd) {
    received.on_rtp(start, RtpHeader{false, 0, 1, 0, 5}, true);
    const Bytes datagram = report(seconds{3}, 10, true);
    const auto view = RtcpView::parse(datagram);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->says_bye());
    EXPECT_TRUE(view->block_about(5));
    EXPECT_EQ(reporter.due(), base::never);
    EXPECT_EQ(datagram.size(), max_report_size);
    std::vector<std::uint8_t> types;
    view->for_each([&](const RtcpPacket& packet) { types.push_back(packet.type); });
    EXPECT_EQ(types, (std::vector<std::uint8_t>{200, 202, 203}));
}

TEST_F(ReporterTest, GivesEachLegANameOfItsOwn) {
    Reporter other{start, random};
    ReportBuffer buffer;
    const auto written = other.report(start, 77, SenderInfo{}, received, false, buffer);
    EXPECT_NE(report(seconds{0}, 0), Bytes(written.begin(), written.end()));
}

TEST_F(ReporterTest, EchoesThePeersLastSenderReport) {
    received.on_rtp(start, RtpHeader{false, 0, 1, 0, 5}, true);
    Report theirs;
    theirs.ssrc = 5;
    theirs.sender = SenderInfo{0x0000aaaabbbb0000U, 0, 1, 1};
    ReportBuffer buffer;
    reporter.on_rtcp(start + seconds{1}, *RtcpView::parse(write_report(theirs, buffer)), 77);
    const Bytes datagram = report(seconds{3}, 0);
    const auto block = RtcpView::parse(datagram)->block_about(5);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->last_sr, 0xaaaabbbbU);
    EXPECT_EQ(block->delay_since_sr, 2U * 65536);
}

TEST_F(ReporterTest, MeasuresTheRoundTripFromThePeersReport) {
    const Bytes ours = report(seconds{3}, 10);
    Report theirs;
    theirs.ssrc = 5;
    theirs.block = ReportBlock{};
    theirs.block->reception.ssrc = 77;
    theirs.block->last_sr = ntp_middle(RtcpView::parse(ours)->sender_info()->ntp);
    theirs.block->delay_since_sr = 65536;
    ReportBuffer buffer;
    reporter.on_rtcp(start + seconds{4} + milliseconds{80}, *RtcpView::parse(write_report(theirs, buffer)), 77);
    ASSERT_TRUE(reporter.round_trip());
    EXPECT_NEAR(static_cast<double>(reporter.round_trip()->count()), 80e6, 50e3);
}

TEST_F(ReporterTest, IgnoresARoundTripThatCannotBe) {
    Report theirs;
    theirs.block = ReportBlock{};
    theirs.block->reception.ssrc = 77;
    theirs.block->last_sr = 0x12345678;
    ReportBuffer buffer;
    reporter.on_rtcp(start + seconds{4}, *RtcpView::parse(write_report(theirs, buffer)), 77);
    EXPECT_FALSE(reporter.round_trip());
    theirs.block->last_sr = 0;
    reporter.on_rtcp(start + seconds{4}, *RtcpView::parse(write_report(theirs, buffer)), 77);
    EXPECT_FALSE(reporter.round_trip());
}

}  // namespace
}  // namespace media::test
