// On the way of a packet nothing allocates: operator new is counted while packets of every kind pass.
#include "base/bytes.hpp"
#include "media/relay/session.hpp"
#include "media/rtcp/feedback.hpp"
#include "media/rtcp/report_writer.hpp"
#include "tests/unit/media/support/allocations.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

class Discard final : public PacketSink {
public:
    void send(Side, Component component, const base::Endpoint&, std::span<const std::byte> bytes) noexcept override {
        ++packets;
        if (component == Component::rtp) { last_ssrc = base::read_u32(bytes, 8); }
    }
    std::size_t packets = 0;
    std::uint32_t last_ssrc = 0;
};

class SessionAllocation : public testing::Test {
protected:
    SessionAllocation() {
        session.open_leg(Side::a, {endpoint("192.0.2.1:20000"), endpoint("192.0.2.1:20001")});
        session.open_leg(Side::b, {endpoint("192.0.2.1:20002"), endpoint("192.0.2.1:20003")});
        of_b.send_formats = {{Codec::pcma, 8}};
        session.describe(now, Side::a, of_a);
        session.describe(now, Side::b, of_b);
        session.play(now, Side::a, Source::music, short_tune());
        session.play(now, Side::b, Source::peer_or_music, short_tune());
        session.arm_timeout(now, Side::a, seconds{1});
    }
    base::Instant now = base::Instant{} + std::chrono::hours{1};
    base::SeededRandom random{7};
    Discard sink;
    Session session{now, SessionId{5}, {}, random, sink};
    LegDescription of_a = description("10.0.0.1:4000");
    LegDescription of_b = description("10.0.0.2:5000");
};

TEST_F(SessionAllocation, HappensForNoPacketAndNoTimeout) {
    Bytes media = rtp({});
    Bytes silence = rtp({.fill = std::byte{0xff}});
    Bytes unknown = rtp({.payload = 18});
    Report report;
    report.sender = SenderInfo{};
    ReportBuffer reports;
    const auto written = write_report(report, reports);
    Bytes rtcp(written.begin(), written.end());
    const base::Endpoint stranger = endpoint("198.51.100.66:666");

    std::uint16_t sequence = 0;
    const std::size_t before = allocations();
    const std::size_t sent_before = sink.packets;
    for (int i = 0; i < 1000; ++i) {
        now += milliseconds{20};
        base::write_u16(media, 2, sequence++);
        base::write_u16(silence, 2, sequence++);
        base::write_u16(unknown, 2, sequence++);
        session.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, media);
        session.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, silence);
        session.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, unknown);
        session.on_packet(now, Side::a, Component::rtp, stranger, media);
        session.on_packet(now, Side::a, Component::rtcp, of_a.remote_rtcp, rtcp);
        session.on_packet(now, Side::a, Component::rtcp, of_a.remote_rtcp, media);
        if (session.next_timeout() <= now) { session.on_timeout(now); }
        while (session.take_event()) {}
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_GT(sink.packets, sent_before + 2000) << "packets did pass";
}

TEST_F(SessionAllocation, HappensForNoRelayedPacketAndNoFeedback) {
    of_a.send_formats = {{Codec::relayed, 96, 90'000, 3}};
    of_a.receive_formats = of_a.send_formats;
    of_a.feedback = true;
    of_b.send_formats = {{Codec::relayed, 96, 90'000, 3}};
    of_b.receive_formats = of_b.send_formats;
    session.describe(now, Side::a, of_a);
    session.describe(now, Side::b, of_b);
    session.play(now, Side::a, Source::peer);
    session.play(now, Side::b, Source::peer);
    Bytes picture = rtp({.payload = 96, .size = 1200});
    const std::size_t before = allocations();
    const std::size_t sent_before = sink.packets;
    for (std::uint16_t i = 0; i < 1000; ++i) {
        now += milliseconds{20};
        base::write_u16(picture, 2, i);
        session.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, picture);
        Feedback asked;
        asked.picture_loss = true;
        asked.nacks = {{1000, 5}};
        FeedbackBuffer buffer;
        const auto loss = write_feedback(asked, 7, sink.last_ssrc, {}, buffer);
        session.on_packet(now, Side::b, Component::rtcp, of_b.remote_rtcp, std::span{buffer}.first(loss.size()));
        if (session.next_timeout() <= now) { session.on_timeout(now); }
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_GE(sink.packets, sent_before + 2000) << "packets did pass, and what was asked for";
}

TEST_F(SessionAllocation, HappensForNoPacketWithExtensions) {
    of_a.receive_extensions = {.audio_level = 1};
    of_b.bundled = BundledLine{"0", 4};
    of_b.send_extensions = {.mid = 4, .send_time = 2, .audio_level = 1};
    session.describe(now, Side::a, of_a);
    session.describe(now, Side::b, of_b);
    session.play(now, Side::b, Source::peer);
    Bytes loud = with_extension(rtp({}), 0xbede, bytes({0x10, 0x85}));
    Bytes plain = rtp({});
    const std::size_t before = allocations();
    const std::size_t sent_before = sink.packets;
    for (std::uint16_t i = 0; i < 1000; ++i) {
        now += milliseconds{20};
        base::write_u16(loud, 2, static_cast<std::uint16_t>(2 * i));
        base::write_u16(plain, 2, static_cast<std::uint16_t>(2 * i + 1));
        Bytes* const both[] = {&loud, &plain};
        for (Bytes* const packet : both) { session.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, *packet); }
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_GE(sink.packets, sent_before + 2000);
}

TEST_F(SessionAllocation, HappensForNoPacketOfAMusicServer) {
    session.open_leg(Side::music_b, {endpoint("192.0.2.1:20004"), endpoint("192.0.2.1:20005")});
    const LegDescription of_server = description("10.0.0.3:6000");
    session.describe(now, Side::music_b, of_server);
    session.play(now, Side::b, Source::server, short_tune());
    while (session.take_event()) {}
    Bytes media = rtp({});
    const std::size_t before = allocations();
    const std::size_t sent_before = sink.packets;
    for (std::uint16_t i = 0; i < 1000; ++i) {
        now += milliseconds{20};
        base::write_u16(media, 2, i);
        const bool pausing = i % 100 >= 50;
        if (!pausing) { session.on_packet(now, Side::music_b, Component::rtp, of_server.remote_rtp, media); }
        if (session.next_timeout() <= now) { session.on_timeout(now); }
        while (session.take_event()) {}
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_GT(sink.packets, sent_before + 900) << "the server's and the tune's packets did leave";
}

TEST_F(SessionAllocation, HappensForALegToAMusicServerWhenItOpens) {
    const std::size_t before = allocations();
    session.open_leg(Side::music_a, {});
    EXPECT_GT(allocations(), before) << "calls that have none do not pay for it";
}

TEST_F(SessionAllocation, KeepsACallUnderTwoKilobytesAndAQuarter) { EXPECT_LE(sizeof(Session), 2304U); }

}  // namespace
}  // namespace media::test
