// Reports of our own, the peers' reports that end here, and who is alive.
#include "media/relay/session.hpp"
#include "media/rtcp/report_writer.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

class SessionRtcpTest : public CallTest {
protected:
    Bytes peer_report(std::uint32_t ssrc = 9) {
        Report report;
        report.ssrc = ssrc;
        report.sender = SenderInfo{1, 2, 3, 4};
        ReportBuffer buffer;
        const auto written = write_report(report, buffer);
        return Bytes(written.begin(), written.end());
    }
    std::vector<Sent> reports(Side side) {
        std::vector<Sent> out;
        for (Sent& one : sink.take()) {
            if (one.side == side && RtcpView::parse(one.datagram)) { out.push_back(std::move(one)); }
        }
        return out;
    }
};

TEST_F(SessionRtcpTest, EndsThePeersReportsHere) {
    connect();
    EXPECT_EQ(from_a(peer_report(), Component::rtcp), Drop::none);
    EXPECT_TRUE(sink.sent.empty());
}

TEST_F(SessionRtcpTest, ReportsOnItsOwnToBothLegs) {
    connect();
    from_a(rtp({.ssrc = 42}));
    sink.take();
    run(milliseconds{3750});
    const auto sent = sink.take();
    ASSERT_GE(sent.size(), 2U);
    std::size_t to_a = sent[0].side == Side::a ? 0 : 1;
    const Sent& a = sent[to_a];
    const Sent& b = sent[1 - to_a];
    EXPECT_EQ(a.component, Component::rtcp);
    EXPECT_EQ(a.to, of_a.remote_rtcp);
    EXPECT_EQ(b.to, of_b.remote_rtcp);
    EXPECT_TRUE(RtcpView::parse(a.datagram)->block_about(42)) << "A hears how its packets came";
    EXPECT_FALSE(RtcpView::parse(a.datagram)->sender_info());
    EXPECT_EQ(RtcpView::parse(b.datagram)->sender_info()->packets, 1U);
    EXPECT_EQ(RtcpView::parse(b.datagram)->sender_info()->octets, 160U);
}

TEST_F(SessionRtcpTest, ReportsOnTheMediaPortWhereThatIsAgreed) {
    of_a.rtcp_mux = true;
    connect();
    run(seconds{4});
    const auto sent = reports(Side::a);
    ASSERT_FALSE(sent.empty());
    EXPECT_EQ(sent[0].component, Component::rtp);
    EXPECT_EQ(sent[0].to, of_a.remote_rtp);
    EXPECT_EQ(from_a(peer_report()), Drop::none);
}

TEST_F(SessionRtcpTest, TakesReportsOnTheMediaPortOnlyWhereThatIsAgreed) {
    connect();
    EXPECT_EQ(from_a(peer_report()), Drop::codec);
    EXPECT_EQ(session.stats(Side::a).packets_in, 0U);
}

TEST_F(SessionRtcpTest, ReportsToAHeldLegButNotToAnAddressOfNone) {
    of_a.send = false;
    of_a.receive = false;
    of_b.remote_rtp = endpoint("0.0.0.0:5000");
    connect();
    run(seconds{10});
    const auto sent = sink.take();
    ASSERT_FALSE(sent.empty());
    for (const Sent& one : sent) { EXPECT_EQ(one.side, Side::a); }
}

TEST_F(SessionRtcpTest, LearnsWhereReportsGoFromTheHostThatMediaComesFrom) {
    connect();
    EXPECT_EQ(from(Side::a, "203.0.113.5:61001", peer_report(), Component::rtcp), Drop::unknown_source);
    from(Side::a, "203.0.113.5:61000", rtp({}));
    EXPECT_EQ(from(Side::a, "203.0.113.5:61001", peer_report(), Component::rtcp), Drop::none);
    sink.take();
    run(seconds{4});
    EXPECT_EQ(reports(Side::a).at(0).to, endpoint("203.0.113.5:61001"));
}

TEST_F(SessionRtcpTest, SaysGoodbyeToBothLegsAtTheEnd) {
    connect();
    session.close(now);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U);
    for (const Sent& one : sent) { EXPECT_TRUE(RtcpView::parse(one.datagram)->says_bye()); }
    session.close(now);
    EXPECT_TRUE(sink.sent.empty()) << "once";
}

TEST_F(SessionRtcpTest, DropsWhatIsNoCompound) {
    connect();
    EXPECT_EQ(from_a(bytes({0x81, 203, 0, 1, 0, 0, 0, 9}), Component::rtcp), Drop::malformed);
}

TEST_F(SessionRtcpTest, MeasuresTheRoundTripOfALeg) {
    connect();
    from_b(rtp({}));
    sink.take();
    std::vector<Sent> ours;
    while (ours.empty()) {
        run(milliseconds{1});
        ours = reports(Side::a);
    }
    run(milliseconds{1040});
    Report answer;
    answer.block = ReportBlock{};
    const auto view = RtcpView::parse(ours.at(0).datagram);
    answer.block->reception.ssrc = view->sender_ssrc();
    answer.block->last_sr = static_cast<std::uint32_t>(view->sender_info()->ntp >> 16);
    answer.block->delay_since_sr = 65536;
    ReportBuffer buffer;
    const auto written = write_report(answer, buffer);
    from_a(Bytes(written.begin(), written.end()), Component::rtcp);
    ASSERT_TRUE(session.stats(Side::a).rtt_ms);
    EXPECT_NEAR(*session.stats(Side::a).rtt_ms, 40.0, 1.1);
}

TEST_F(SessionRtcpTest, EndsAnArmedLegThatFallsSilentOnce) {
    connect();
    session.arm_timeout(now, Side::a, seconds{60});
    run(seconds{59});
    EXPECT_TRUE(events().empty());
    run(seconds{1});
    const auto happened = events();
    ASSERT_EQ(happened.size(), 1U);
    EXPECT_EQ(happened[0].kind, EngineEvent::Kind::media_timeout);
    EXPECT_EQ(happened[0].side, Side::a);
    run(seconds{200});
    EXPECT_TRUE(events().empty());
}

TEST_F(SessionRtcpTest, TakesMediaAndReportsAndHeldPacketsForLife) {
    connect();
    session.arm_timeout(now, Side::a, seconds{60});
    run(seconds{50});
    from_a(rtp({}));
    run(seconds{50});
    from_a(peer_report(), Component::rtcp);
    run(seconds{50});
    of_a.receive = false;
    describe(Side::a);
    from_a(rtp({}));
    run(seconds{59});
    EXPECT_TRUE(events().empty());
    run(seconds{1});
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(SessionRtcpTest, TakesAStrangersPacketsForNoLife) {
    connect();
    from_a(rtp({}));
    session.arm_timeout(now, Side::a, seconds{60});
    run(seconds{30});
    from(Side::a, "198.51.100.66:666", rtp({}));
    run(seconds{30});
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(SessionRtcpTest, NeverEndsALegThatIsNotArmed) {
    connect();
    session.arm_timeout(now, Side::a, seconds{60});
    session.arm_timeout(now, Side::a, {});
    run(seconds{600});
    EXPECT_TRUE(events().empty());
}

}  // namespace
}  // namespace media::test
