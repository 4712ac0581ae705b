// A leg that hears a music server (RFC 7088): whose sound it hears when, and that the switches have no seam.
#include "media/codec/g711.hpp"
#include "media/rtp/sequence.hpp"
#include "tests/unit/media/support/music_server.hpp"

namespace media::test {
namespace {

// One stream to its receiver: one SSRC, no number left out, no sample said twice, no time lost.
void expect_seamless(const std::vector<Sent>& sent, base::Duration time) {
    for (std::size_t i = 1; i < sent.size(); ++i) {
        const RtpHeader before = sent[i - 1].header();
        const RtpHeader after = sent[i].header();
        EXPECT_EQ(after.ssrc, before.ssrc);
        EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1)) << "packet " << i;
        EXPECT_GE(after.timestamp - before.timestamp, 160U) << "packet " << i;
        EXPECT_EQ(after.marker,
                  (sent[i].payload() != sent[i - 1].payload()) && is_tune(sent[i]) != is_tune(sent[i - 1]))
            << "packet " << i;
    }
    const std::uint32_t samples = sent.back().header().timestamp - sent.front().header().timestamp;
    EXPECT_NEAR(samples, samples_in(time), 320);
}

class SessionServerTest : public MusicServerTest {};

TEST_F(SessionServerTest, IsHeardInPlaceOfThePeer) {
    hear_server();
    EXPECT_EQ(from_server(server.packet()), Drop::none);
    EXPECT_EQ(from_a(peer.packet()), Drop::held);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].side, Side::b);
    EXPECT_EQ(sent[0].to, of_b.remote_rtp);
    EXPECT_EQ(sent[0].payload(), Bytes(160, servers));
    EXPECT_NE(sent[0].header().ssrc, 0x77777777U);
}

TEST_F(SessionServerTest, IsHeardByTheLegThatItPlaysToAndNoOther) {
    open_server(Side::music_a);
    session.play(now, Side::a, Source::server, tune);
    session.play(now, Side::b, Source::server, tune);
    sink.take();
    EXPECT_EQ(from_server(server.packet(), Side::music_a), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].side, Side::a);
    run(milliseconds{20});
    EXPECT_TRUE(is_all_tune(sink.take_rtp(Side::b))) << "it has no server of its own";
}

TEST_F(SessionServerTest, IsNotHeardBesideThePeerOrTheTune) {
    open_server();
    EXPECT_EQ(from_server(server.packet()), Drop::held);
    session.play(now, Side::b, Source::music, tune);
    sink.take();
    EXPECT_EQ(from_server(server.packet()), Drop::held);
    EXPECT_TRUE(sink.take().empty());
}

TEST_F(SessionServerTest, LeavesTheWordToTheTuneUntilItIsHeard) {
    session.play(now, Side::b, Source::server, tune);
    run(milliseconds{100});
    open_server();
    run(milliseconds{100});
    server.next().fill = encode_ulaw(0);
    EXPECT_EQ(from_server(server.packet()), Drop::held) << "silence is no music";
    const auto before = sink.take_rtp(Side::b);
    EXPECT_EQ(before.size(), 11U);
    EXPECT_TRUE(is_all_tune(before));
    server.next().fill = servers;
    server_plays(seconds{1});
    const auto after = sink.take_rtp(Side::b);
    EXPECT_EQ(after.size(), 51U) << "a frame of the tune was due with the server's first packet";
    EXPECT_TRUE(is_all({after.begin() + 1, after.end()}, servers));
}

TEST_F(SessionServerTest, HasTheWordAtOnceIfItIsPlayingAlready) {
    open_server();
    from_server(server.packet());
    sink.take();
    session.play(now, Side::b, Source::server, tune);
    EXPECT_TRUE(sink.take().empty());
    server_plays(milliseconds{20});
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), servers));
}

TEST_F(SessionServerTest, IsReplacedByTheTuneFourHundredMillisecondsAfterItsLastPacket) {
    hear_server();
    run(milliseconds{399});
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
    run(milliseconds{1});
    EXPECT_TRUE(is_all_tune(sink.take_rtp(Side::b)));
    EXPECT_EQ(session.stats(Side::b).packets_out, 3U);
}

TEST_F(SessionServerTest, IsReplacedByTheTuneWhenItSendsSilence) {
    of_server.receive_formats.push_back({Codec::comfort_noise, 13});
    of_b.send_formats.push_back({Codec::comfort_noise, 13});
    describe(Side::b);
    for (const RtpSpec quiet : {RtpSpec{.payload = 0, .fill = encode_ulaw(8)}, RtpSpec{.payload = 13, .size = 1}}) {
        hear_server();
        server.next().payload = quiet.payload;
        server.next().fill = quiet.fill;
        server.next().size = quiet.size;
        server_plays(milliseconds{380});
        EXPECT_FALSE(std::any_of(sink.sent.begin(), sink.sent.end(), is_tune)) << "a pause in its music";
        sink.take();
        server_plays(milliseconds{100});
        const auto sent = sink.take_rtp(Side::b);
        EXPECT_TRUE(is_all_tune(sent));
        EXPECT_EQ(sent.size(), 5U);
        session.close_leg(now, Side::music_b);
        server.next() = {.fill = servers};
    }
}

TEST_F(SessionServerTest, ReturnsWithoutOverlapOrSeam) {
    hear_server();
    const base::Instant start = now;
    server_plays(milliseconds{200});
    run(milliseconds{607});
    server_plays(milliseconds{200});
    run(milliseconds{500});
    server_plays(milliseconds{100});
    const auto sent = sink.take_rtp(Side::b);
    expect_seamless(sent, now - start);
    std::size_t turns = 0;
    for (std::size_t i = 1; i < sent.size(); ++i) { turns += is_tune(sent[i]) != is_tune(sent[i - 1]) ? 1 : 0; }
    EXPECT_EQ(turns, 4U) << "server, tune, server, tune, server";
}

TEST_F(SessionServerTest, TakesTurnsWithThePeerAndTheTuneInOneStream) {
    const base::Instant start = now;
    const auto peer_talks = [&] {
        for (int i = 0; i < 5; ++i) {
            from_a(peer.packet());
            run(milliseconds{20});
        }
    };
    peer_talks();
    session.play(now, Side::b, Source::server, tune);
    run(milliseconds{100});
    open_server();
    server_plays(milliseconds{100});
    session.play(now, Side::b, Source::music, tune);
    run(milliseconds{100});
    session.play(now, Side::b, Source::server, tune);
    server_plays(milliseconds{100});
    session.play(now, Side::b, Source::peer);
    run(milliseconds{20});
    peer_talks();
    const auto sent = sink.take_rtp(Side::b);
    for (std::size_t i = 1; i < sent.size(); ++i) {
        EXPECT_EQ(sent[i].header().ssrc, sent[0].header().ssrc);
        EXPECT_EQ(sent[i].header().sequence, static_cast<std::uint16_t>(sent[i - 1].header().sequence + 1));
        EXPECT_GE(sent[i].header().timestamp - sent[i - 1].header().timestamp, 160U);
        EXPECT_LE(sent[i].header().timestamp - sent[i - 1].header().timestamp, 320U);
    }
    EXPECT_TRUE(is_all({sent.end() - 5, sent.end()}, peers));
    EXPECT_TRUE(sent[sent.size() - 5].header().marker);
    const std::uint32_t samples = sent.back().header().timestamp - sent.front().header().timestamp;
    EXPECT_NEAR(samples, samples_in(now - start), 320);
}

TEST_F(SessionServerTest, IsToldFromAPeerWithTheSameSsrc) {
    peer.next() = {.sequence = 900, .ssrc = 0x77777777, .fill = peers};
    from_a(peer.packet());
    run(milliseconds{20});
    open_server();
    from_server(server.packet());
    session.play(now, Side::b, Source::server, tune);
    server_plays(milliseconds{20});
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_TRUE(sent[1].header().marker);
    EXPECT_EQ(sent[1].header().sequence, static_cast<std::uint16_t>(sent[0].header().sequence + 1));
}

TEST_F(SessionServerTest, SpeaksTheLawOfTheLegThatHearsIt) {
    of_server.receive_formats = {{Codec::pcma, 8}, {Codec::pcmu, 96}};
    open_server();
    session.play(now, Side::b, Source::server, tune);
    sink.take();
    from_server(rtp({.payload = 8, .sequence = 1, .fill = std::byte{0xb4}}));
    from_server(rtp({.payload = 96, .sequence = 2, .fill = servers}));
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].header().payload_type, 0);
    EXPECT_EQ(sent[0].payload(), Bytes(160, alaw_to_ulaw(std::byte{0xb4})));
    EXPECT_EQ(sent[1].header().payload_type, 0);
    EXPECT_EQ(sent[1].payload(), Bytes(160, servers));
}

TEST_F(SessionServerTest, LeavesTheTuneInTheVeryCallThatClosesItsLeg) {
    hear_server();
    const base::Instant start = now;
    server_plays(milliseconds{100});
    run(milliseconds{7});
    session.close_leg(now, Side::music_b);
    const std::size_t before = sink.sent.size();
    EXPECT_TRUE(is_tune(sink.sent.back())) << "7 ms after its last packet";
    run(milliseconds{100});
    EXPECT_EQ(sink.sent.size(), before + 5);
    expect_seamless(sink.take_rtp(Side::b), now - start);
    EXPECT_EQ(from_server(server.packet()), Drop::port_closed);
    EXPECT_EQ(session.stats(Side::music_b).packets_in, 0U);
}

TEST_F(SessionServerTest, LeavesTheTuneInTheVeryCallThatSaysItWillNotSend) {
    hear_server();
    of_server.receive = false;
    session.describe(now, Side::music_b, of_server);
    EXPECT_TRUE(is_all_tune(sink.take_rtp(Side::b)));
    EXPECT_TRUE(session.stats(Side::b).music);
    EXPECT_EQ(from_server(server.packet()), Drop::held);
    of_server.receive = true;
    session.describe(now, Side::music_b, of_server);
    sink.take();
    run(milliseconds{20});
    EXPECT_TRUE(is_all_tune(sink.take_rtp(Side::b))) << "until it is heard again";
    from_server(server.packet());
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), servers));
}

TEST_F(SessionServerTest, IsMusicFromItsFirstPacketToTheEndWhoeverPlays) {
    session.play(now, Side::b, Source::server, tune);
    EXPECT_EQ(kinds(), (Kinds{Kind::music_started}));
    open_server();
    server_plays(milliseconds{100});
    run(seconds{1});
    server_plays(milliseconds{100});
    session.play(now, Side::b, Source::music, tune);
    session.play(now, Side::b, Source::server, tune);
    EXPECT_EQ(kinds(), Kinds{}) << "server and tune are the same music to the leg";
    session.play(now, Side::b, Source::peer);
    EXPECT_EQ(kinds(), (Kinds{Kind::music_stopped}));
    from_server(server.packet());
    EXPECT_EQ(kinds(), Kinds{});
}

TEST_F(SessionServerTest, BeginsTheMusicIfItPlaysAlready) {
    open_server();
    from_server(server.packet());
    session.play(now, Side::b, Source::server, tune);
    EXPECT_EQ(kinds(), Kinds{});
    EXPECT_FALSE(session.stats(Side::b).music);
    run(milliseconds{20});
    from_server(server.packet());
    const auto happened = events();
    ASSERT_EQ(happened.size(), 1U);
    EXPECT_EQ(happened[0].kind, Kind::music_started);
    EXPECT_EQ(happened[0].side, Side::b);
    EXPECT_EQ(happened[0].at, now);
}

TEST_F(SessionServerTest, WaitsForALegThatMayBeSentTo) {
    of_b.send = false;
    describe(Side::b);
    open_server();
    session.play(now, Side::b, Source::server, tune);
    server_plays(milliseconds{100});
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
    EXPECT_EQ(kinds(), Kinds{});
    of_b.send = true;
    describe(Side::b);
    server_plays(milliseconds{20});
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), servers));
}

// The peer may play itself; the server fills in for it, and the tune for the server.
TEST_F(SessionServerTest, FillsInForAPeerThatHasTheWordAndHandsItBack) {
    open_server();
    session.play(now, Side::b, Source::peer_or_server, tune);
    run(milliseconds{100});
    EXPECT_TRUE(is_all_tune(sink.take_rtp(Side::b))) << "neither was heard yet";
    server_plays(milliseconds{100});
    sink.take();
    server_plays(milliseconds{100});
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), servers));
    EXPECT_EQ(from_a(peer.packet()), Drop::none);
    EXPECT_EQ(from_server(server.packet()), Drop::held) << "the peer has the word";
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), peers));
    EXPECT_FALSE(session.stats(Side::b).music);
    run(milliseconds{401});
    EXPECT_TRUE(is_all_tune(sink.take_rtp(Side::b)));
    server_plays(milliseconds{40});
    sink.take();
    peer.next().fill = encode_ulaw(0);
    EXPECT_EQ(from_a(peer.packet()), Drop::held) << "its silence does not interrupt the server";
    server_plays(milliseconds{40});
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), servers));
}

TEST_F(SessionServerTest, FillsInForAPeerWithoutASeam) {
    open_server();
    session.play(now, Side::b, Source::peer_or_server, tune);
    server_plays(milliseconds{500});
    for (int i = 0; i < 25; ++i) {
        run(milliseconds{20});
        from_server(server.packet());
        from_a(peer.packet());
    }
    server_plays(seconds{1});
    const auto sent = sink.take_rtp(Side::b);
    for (std::size_t i = 1; i < sent.size(); ++i) {
        EXPECT_EQ(sent[i].header().ssrc, sent[0].header().ssrc);
        EXPECT_EQ(sent[i].header().sequence, static_cast<std::uint16_t>(sent[i - 1].header().sequence + 1));
        EXPECT_GE(sent[i].header().timestamp - sent[i - 1].header().timestamp, 160U) << "packet " << i;
    }
}

}  // namespace
}  // namespace media::test
