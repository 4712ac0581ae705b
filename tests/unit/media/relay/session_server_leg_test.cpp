// The leg to a music server itself: that nothing of the call goes there, what is counted, how it opens and ends.
#include "media/rtcp/rtcp_view.hpp"
#include "tests/unit/media/support/music_server.hpp"

namespace media::test {
namespace {

class SessionServerLegTest : public MusicServerTest {};

TEST_F(SessionServerLegTest, IsSentNoMediaWhateverItsDescriptionSays) {
    of_server.send = true;
    hear_server();
    session.play(now, Side::music_b, Source::peer);
    session.play(now, Side::music_b, Source::echo);
    session.play(now, Side::music_b, Source::music, tune);
    for (int i = 0; i < 50; ++i) {
        from_b(peer.packet());
        from_a(peer.packet());
        server_plays(milliseconds{20});
    }
    for (const Sent& one : sink.take()) { EXPECT_FALSE(one.side == Side::music_b && one.component == Component::rtp); }
    EXPECT_EQ(session.stats(Side::music_b).packets_out, 0U);
    EXPECT_GT(session.stats(Side::a).packets_out, 0U) << "what the held leg says reaches the peer";
}

TEST_F(SessionServerLegTest, IsSentReportsAndAGoodbye) {
    hear_server();
    server_plays(seconds{10});
    std::vector<Sent> reports;
    for (const Sent& one : sink.take()) {
        if (one.side == Side::music_b) { reports.push_back(one); }
    }
    EXPECT_GE(reports.size(), 1U);
    session.close_leg(now, Side::music_b);
    for (const Sent& one : sink.take()) {
        if (one.side == Side::music_b) { reports.push_back(one); }
    }
    for (const Sent& one : reports) {
        EXPECT_EQ(one.to, of_server.remote_rtcp);
        EXPECT_TRUE(RtcpView::parse(one.datagram));
    }
    EXPECT_TRUE(RtcpView::parse(reports.back().datagram)->says_bye());
}

TEST_F(SessionServerLegTest, IsCountedOnALegOfItsOwn) {
    open_server();
    session.play(now, Side::b, Source::server, tune);
    for (const unsigned i : {1U, 2U, 4U}) { from_server(rtp({.sequence = static_cast<std::uint16_t>(i)})); }
    from_server(bytes({1, 2, 3}));
    const LegStats stats = session.stats(Side::music_b);
    EXPECT_EQ(stats.packets_in, 3U);
    EXPECT_EQ(stats.bytes_in, 3U * 172);
    EXPECT_EQ(stats.lost, 1U);
    EXPECT_EQ(stats.local, endpoint("192.0.2.1:20004"));
    EXPECT_EQ(stats.remote, of_server.remote_rtp);
    EXPECT_EQ(stats.codec, "PCMU");
    EXPECT_FALSE(stats.music);
    EXPECT_EQ(session.drops(Side::music_b)[static_cast<std::size_t>(Drop::malformed)], 1U);
    EXPECT_EQ(session.stats(Side::a).packets_in, 0U);
    EXPECT_EQ(session.stats(Side::b).packets_in, 0U);
    EXPECT_TRUE(session.stats(Side::b).music) << "that is who hears it";
}

TEST_F(SessionServerLegTest, IsOpenedAgainAfterItWasClosed) {
    hear_server();
    session.close_leg(now, Side::music_b);
    of_server.remote_rtp = endpoint("10.0.0.4:7000");
    open_server();
    sink.take();
    EXPECT_EQ(from(Side::music_b, "10.0.0.4:7000", rtp({.fill = servers})), Drop::none);
    EXPECT_TRUE(is_all(sink.take_rtp(Side::b), servers));
}

TEST_F(SessionServerLegTest, TimesOutOnItsOwn) {
    hear_server();
    session.arm_timeout(now, Side::music_b, seconds{3});
    run(milliseconds{2999});
    EXPECT_EQ(kinds(), Kinds{});
    run(milliseconds{1});
    const auto happened = events();
    ASSERT_EQ(happened.size(), 1U);
    EXPECT_EQ(happened[0].kind, Kind::media_timeout);
    EXPECT_EQ(happened[0].side, Side::music_b);
}

TEST_F(SessionServerLegTest, IsNobodyBeforeItsLegIsOpened) {
    session.describe(now, Side::music_b, of_server);
    session.arm_timeout(now, Side::music_b, seconds{1});
    session.bar(Side::music_b, of_server.remote_rtp, now + seconds{30});
    session.close_leg(now, Side::music_b);
    EXPECT_EQ(from_server(server.packet()), Drop::port_closed);
    EXPECT_EQ(session.stats(Side::music_b).packets_in, 0U);
    EXPECT_EQ(session.drops(Side::music_b), DropCounters{});
    run(seconds{3});
    EXPECT_EQ(kinds(), Kinds{});
}

TEST_F(SessionServerLegTest, EndsWithTheSession) {
    hear_server();
    session.close(now);
    sink.take();
    EXPECT_EQ(from_server(server.packet()), Drop::port_closed);
    EXPECT_EQ(session.next_timeout(), base::never);
    EXPECT_TRUE(sink.take().empty());
}

TEST(Sides, KnowWhomTheyAreFor) {
    EXPECT_EQ(other(Side::a), Side::b);
    EXPECT_EQ(other(Side::b), Side::a);
    EXPECT_EQ(other(Side::music_a), Side::a);
    EXPECT_EQ(other(Side::music_b), Side::b);
    for (const Side side : {Side::a, Side::b}) {
        EXPECT_EQ(other(music_leg(side)), side);
        EXPECT_TRUE(is_music_leg(music_leg(side)));
        EXPECT_FALSE(is_music_leg(side));
    }
}

}  // namespace
}  // namespace media::test
