// A leg to a music server on real sockets.
#include "tests/unit/media/support/engine.hpp"

namespace media::test {
namespace {

constexpr std::byte servers{0x22};

class EngineMusicServerTest : public EngineTest {
protected:
    // Leg b hears the server.
    LegPorts open_server(const Call& call) {
        std::string why;
        const auto ports = engine.open_leg(call.id, Side::music_b, v4_loopback, why);
        EXPECT_TRUE(ports) << why;
        LegDescription of_server = server.description();
        of_server.send = false;
        engine.describe(now(), call.id, Side::music_b, of_server);
        return ports.value_or(LegPorts{});
    }
    // Leg b hears the server, whose first packet has come.
    LegPorts hear_server(const Call& call) {
        const LegPorts ports = open_server(call);
        engine.play(now(), call.id, Side::b, Source::server);
        EXPECT_EQ(b.hear().size(), 172U) << "the tune, until the server is heard";
        server.rtp.send_to(ports.rtp, rtp({.fill = servers}));
        serve();
        EXPECT_EQ(b.hear().at(12), servers);
        return ports;
    }
    const Phone a;
    const Phone b;
    const Phone server;
};

TEST_F(EngineMusicServerTest, IsHeardByItsLegAndHearsNothing) {
    const Call call = connect(a, b);
    hear_server(call);
    b.rtp.send_to(call.b.rtp, rtp({.fill = std::byte{0x31}}));
    serve();
    EXPECT_EQ(a.hear().back(), std::byte{0x31});
    EXPECT_TRUE(server.hear(0).empty());
    EXPECT_EQ(engine.stats(call.id, Side::music_b).packets_in, 1U);
    EXPECT_EQ(engine.stats(call.id, Side::music_b).packets_out, 0U);
    EXPECT_EQ(engine.counters().levels.streams[0][0], 3U);
    EXPECT_EQ(engine.counters().levels.music_legs, 1U);
}

TEST_F(EngineMusicServerTest, IsReplacedByTheTuneWhenItFallsSilent) {
    const Call call = connect(a, b);
    hear_server(call);
    const base::Instant start = now();
    for (base::Instant at = engine.next_timeout(); at <= start + milliseconds{400}; at = engine.next_timeout()) {
        engine.on_timeout(at);
    }
    EXPECT_EQ(b.hear().size(), 172U);
}

TEST_F(EngineMusicServerTest, IsReplacedByTheTuneInTheVeryCallThatClosesItsLeg) {
    const Call call = connect(a, b);
    const LegPorts ports = hear_server(call);
    const base::Instant end = now();
    engine.close_leg(end, call.id, Side::music_b);
    EXPECT_EQ(b.hear().size(), 172U);
    engine.on_timeout(end + milliseconds{20});
    EXPECT_EQ(b.hear().size(), 172U);
    EXPECT_TRUE(RtcpView::parse(Phone::receive(server.rtcp))->says_bye());
    EXPECT_EQ(engine.counters().free_port_pairs, 6U);
    std::error_code error;
    EXPECT_TRUE(UdpSocket::bind(ports.rtp, 4096, error).is_open()) << "the socket is closed";
    EXPECT_EQ(engine.counters().levels.streams[0][0], 2U);
}

TEST_F(EngineMusicServerTest, OpensForEachLegOfACallOnceAndGoesWithIt) {
    const Call call = connect(a, b);
    std::string why;
    EXPECT_TRUE(engine.open_leg(call.id, Side::music_a, v4_loopback, why));
    EXPECT_TRUE(engine.open_leg(call.id, Side::music_b, v6_loopback, why));
    EXPECT_FALSE(engine.open_leg(call.id, Side::music_b, v4_loopback, why));
    EXPECT_EQ(engine.counters().free_port_pairs, 4U);
    engine.close_session(now(), call.id);
    EXPECT_EQ(engine.counters().free_port_pairs, 8U);
    EXPECT_EQ(engine.counters().sessions, 0U);
}

TEST_F(EngineMusicServerTest, TimesOutOnItsOwn) {
    const Call call = connect(a, b);
    open_server(call);
    const base::Instant start = now();
    engine.arm_timeout(start, call.id, Side::music_b, seconds{2});
    for (base::Instant at = engine.next_timeout(); at <= start + seconds{2}; at = engine.next_timeout()) {
        engine.on_timeout(at);
    }
    const auto events = engine.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, EngineEvent::Kind::media_timeout);
    EXPECT_EQ(events[0].side, Side::music_b);
}

TEST_F(EngineMusicServerTest, TakesThePlaceOfTheOtherPartyWithItsPorts) {
    const Call call = connect(a, b);
    const LegPorts ports = hear_server(call);
    engine.move_leg(now(), {call.id, Side::music_b}, {call.id, Side::a});
    LegDescription both_ways = server.description();
    both_ways.send = both_ways.receive = true;
    engine.describe(now(), call.id, Side::a, both_ways);
    engine.play(now(), call.id, Side::a, Source::peer);
    engine.play(now(), call.id, Side::b, Source::peer);
    b.hear(0);
    server.rtp.send_to(ports.rtp, rtp({.sequence = 2, .fill = servers}));
    serve();
    EXPECT_EQ(b.hear().back(), servers);
    b.rtp.send_to(call.b.rtp, rtp({.fill = std::byte{0x31}}));
    serve();
    EXPECT_EQ(server.hear().back(), std::byte{0x31});
    EXPECT_EQ(engine.stats(call.id, Side::a).local, ports.rtp);
}

}  // namespace
}  // namespace media::test
