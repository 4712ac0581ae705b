// A leg that a transport carries beside one with ports of its own.
#include "media/rtcp/feedback.hpp"
#include "media/rtcp/report_writer.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

const base::Endpoint browser = endpoint("198.51.100.7:4001");
const base::Endpoint roaming = endpoint("198.51.100.8:4002");

class SessionTransportTest : public testing::Test {
protected:
    SessionTransportTest() {
        session.open_carried_leg(Side::a, endpoint("192.0.2.1:19998"));
        session.open_leg(Side::b, {endpoint("192.0.2.1:20002"), endpoint("192.0.2.1:20003")});
        of_a.remote_rtp = endpoint("10.9.9.9:9");
        session.describe(now, Side::a, of_a);
        session.describe(now, Side::b, of_b);
        session.play(now, Side::a, Source::peer);
        session.play(now, Side::b, Source::peer);
        sink.take();
    }
    void carry(const std::optional<base::Endpoint>& to) { session.on_transport(now, Side::a, to); }
    Drop from_a(Bytes packet, Component component = Component::rtp) {
        return session.on_packet(now, Side::a, component, browser, packet);
    }
    Drop from_b(Bytes packet) { return session.on_packet(now, Side::b, Component::rtp, of_b.remote_rtp, packet); }

    base::Instant now = base::Instant{} + std::chrono::hours{1};
    base::SeededRandom random{7};
    Recorder sink;
    Session session{now, SessionId{5}, {}, random, sink};
    LegDescription of_a = description("10.0.0.1:4000");
    LegDescription of_b = description("10.0.0.2:5000");
};

TEST_F(SessionTransportTest, NothingIsSentBeforeItsTransportIsThereWhateverItsDescriptionSays) {
    from_b(rtp({}));
    EXPECT_TRUE(sink.take().empty());
    EXPECT_EQ(session.stats(Side::a).remote, std::nullopt);
    carry(browser);
    from_b(rtp({.sequence = 2}));
    const auto sent = sink.take_rtp(Side::a);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].to, browser);
    EXPECT_EQ(sent[0].header().ssrc, session.ssrc(Side::a));
    EXPECT_TRUE(sent[0].header().marker) << "it begins here";
}

TEST_F(SessionTransportTest, WhatComesFromItNeedsNoLatch) {
    EXPECT_EQ(from_a(rtp({})), Drop::none);
    Bytes from_elsewhere = rtp({.sequence = 2});
    EXPECT_EQ(session.on_packet(now, Side::a, Component::rtp, roaming, from_elsewhere), Drop::none);
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 2U);
}

TEST_F(SessionTransportTest, MusicStartsWhenItsTransportIsThere) {
    session.play(now, Side::a, Source::music, short_tune());
    EXPECT_TRUE(sink.take().empty());
    EXPECT_FALSE(session.take_event());
    now += seconds{1};
    carry(browser);
    ASSERT_EQ(sink.take_rtp(Side::a).size(), 1U);
    const auto event = session.take_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->kind, EngineEvent::Kind::music_started);
    carry(std::nullopt);
    EXPECT_EQ(session.take_event()->kind, EngineEvent::Kind::music_stopped);
}

TEST_F(SessionTransportTest, ReportsGoOverItAsRtcp) {
    carry(browser);
    now = session.next_timeout();
    EXPECT_LE(now, base::Instant{} + std::chrono::hours{1} + seconds{10});
    for (int i = 0; i < 4; ++i) {
        session.on_timeout(now);
        now = session.next_timeout();
    }
    const auto sent = sink.take();
    const auto report = std::ranges::find_if(sent, [](const Sent& one) { return one.side == Side::a; });
    ASSERT_NE(report, sent.end());
    EXPECT_EQ(report->component, Component::rtcp);
    EXPECT_EQ(report->to, browser);
}

TEST_F(SessionTransportTest, ItsReportsAreTakenFromTheSamePort) {
    ReportBuffer buffer;
    Report report;
    report.sender = SenderInfo{};
    const auto written = write_report(report, buffer);
    EXPECT_EQ(from_a(Bytes(written.begin(), written.end()), Component::rtcp), Drop::none);
}

TEST_F(SessionTransportTest, AKeyFrameIsAskedForWhenThePairMoves) {
    of_a.send_formats = {{Codec::relayed, 96, 90'000, 3}};
    of_b.receive_formats = {{Codec::relayed, 97, 90'000, 3}};
    of_b.feedback = true;
    session.describe(now, Side::a, of_a);
    session.describe(now, Side::b, of_b);
    carry(browser);
    const auto asked_after = [&](std::uint16_t sequence) {
        sink.take();
        from_b(rtp({.payload = 97, .sequence = sequence}));
        const auto sent = sink.take();
        return std::ranges::any_of(sent, [](const Sent& one) { return one.component == Component::rtcp; });
    };
    EXPECT_TRUE(asked_after(1));
    EXPECT_FALSE(asked_after(2));
    carry(roaming);
    EXPECT_TRUE(asked_after(3));
    carry(roaming);
    EXPECT_FALSE(asked_after(4)) << "the same place";
}

TEST_F(SessionTransportTest, AClosedLegSaysByeOverIt) {
    carry(browser);
    sink.take();
    session.close_leg(now, Side::a);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].component, Component::rtcp);
    carry(roaming);
    from_b(rtp({}));
    EXPECT_TRUE(sink.take().empty()) << "the side is nobody's";
}

}  // namespace
}  // namespace media::test
