// A leg that leaves its session for another one, with its sockets.
#include "tests/unit/media/support/engine.hpp"

namespace media::test {
namespace {

class EngineMovedLegTest : public EngineTest {
protected:
    EngineMovedLegTest() { EXPECT_TRUE(ports) << why; }
    std::uint64_t packets_in(SessionId session, Side side) { return engine.stats(session, side).packets_in; }

    const Phone a;
    const Phone b;
    const Phone winner;
    std::string why;
    const Call call = connect(a, b);
    const SessionId apart = engine.open_session(now());
    const std::optional<LegPorts> ports = engine.open_leg(apart, Side::b, v4_loopback, why);
};

TEST_F(EngineMovedLegTest, IsHeardWhereItWent) {
    engine.move_leg(now(), {apart, Side::b}, {call.id, Side::b});
    engine.describe(now(), call.id, Side::b, winner.description());
    engine.play(now(), call.id, Side::b, Source::peer);
    winner.rtp.send_to(ports->rtp, rtp({.fill = std::byte{0x44}}));
    serve();
    EXPECT_EQ(a.hear().back(), std::byte{0x44});
    a.rtp.send_to(call.a.rtp, rtp({.fill = std::byte{0x31}}));
    serve();
    EXPECT_EQ(winner.hear().back(), std::byte{0x31});
    EXPECT_EQ(engine.stats(call.id, Side::b).local, ports->rtp);
}

TEST_F(EngineMovedLegTest, ClosesWhoWasThere) {
    EXPECT_EQ(engine.counters().free_port_pairs, 5U);
    engine.move_leg(now(), {apart, Side::b}, {call.id, Side::b});
    EXPECT_TRUE(RtcpView::parse(Phone::receive(b.rtcp))->says_bye());
    EXPECT_EQ(engine.counters().free_port_pairs, 6U);
    std::error_code error;
    EXPECT_TRUE(UdpSocket::bind(call.b.rtp, 4096, error).is_open()) << "its socket is closed";
}

TEST_F(EngineMovedLegTest, LeavesAnEmptyPlaceThatMayBeOpenedAgain) {
    engine.move_leg(now(), {apart, Side::b}, {call.id, Side::b});
    EXPECT_TRUE(engine.open_leg(apart, Side::b, v4_loopback, why)) << why;
    engine.close_session(now(), apart);
    engine.describe(now(), call.id, Side::b, winner.description());
    winner.rtp.send_to(ports->rtp, rtp({}));
    serve();
    EXPECT_EQ(packets_in(call.id, Side::b), 1U) << "its session of before is gone, and it is not";
    engine.close_session(now(), call.id);
    EXPECT_EQ(engine.counters().free_port_pairs, 8U);
    EXPECT_EQ(engine.counters().sessions, 0U);
}

TEST_F(EngineMovedLegTest, IsNotTakenFromWhereThereIsNone) {
    engine.move_leg(now(), {apart, Side::a}, {call.id, Side::b});
    engine.move_leg(now(), {SessionId{999}, Side::b}, {call.id, Side::b});
    engine.move_leg(now(), {call.id, Side::b}, {call.id, Side::b});
    b.rtp.send_to(call.b.rtp, rtp({}));
    serve();
    EXPECT_EQ(packets_in(call.id, Side::b), 1U);
    EXPECT_TRUE(b.hear(0).empty());
}

}  // namespace
}  // namespace media::test
