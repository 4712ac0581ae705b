// The engine on real loopback sockets: ports, packets, time, and what the kernel dropped.
#include "media/io/epoll_engine.hpp"

#include <numeric>

#include "tests/unit/media/support/engine.hpp"

namespace media::test {
namespace {

class EpollEngineTest : public EngineTest {};

TEST_F(EpollEngineTest, BindsAnEvenPortAndTheOddOneAbove) {
    const Call call = open();
    EXPECT_EQ(call.a.rtp.port % 2, 0);
    EXPECT_EQ(call.a.rtcp.port, call.a.rtp.port + 1);
    EXPECT_EQ(call.a.rtp.address, v4_loopback);
    EXPECT_NE(call.a.rtp.port, call.b.rtp.port);
    EXPECT_GE(call.a.rtp.port, range.first);
    EXPECT_LE(call.b.rtcp.port, range.last);
    EXPECT_EQ(engine.counters().free_port_pairs, 6U);
}

TEST_F(EpollEngineTest, OpensALegAgainOnAnotherAddress) {
    const Call call = open();
    const std::size_t before = engine.counters().free_port_pairs;
    engine.close_leg(now(), call.id, Side::b);
    EXPECT_EQ(engine.counters().free_port_pairs, before + 1);
    std::string why;
    const auto again = engine.open_leg(call.id, Side::b, v6_loopback, why);
    ASSERT_TRUE(again) << why;
    EXPECT_EQ(again->rtp.address, v6_loopback);
    EXPECT_NE(again->rtp.port, call.b.rtp.port) << "that one rests";
}

TEST_F(EpollEngineTest, CarriesPacketsBothWays) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    a.rtp.send_to(call.a.rtp, rtp({.fill = std::byte{0x31}}));
    serve();
    const Bytes at_b = b.hear();
    ASSERT_EQ(at_b.size(), 172U);
    EXPECT_EQ(at_b.back(), std::byte{0x31});
    b.rtp.send_to(call.b.rtp, rtp({.fill = std::byte{0x32}}));
    serve();
    const Bytes at_a = a.hear();
    ASSERT_EQ(at_a.size(), 172U);
    EXPECT_EQ(at_a.back(), std::byte{0x32});
    EXPECT_EQ(engine.stats(call.id, Side::a).packets_in, 1U);
    EXPECT_EQ(engine.stats(call.id, Side::a).local, call.a.rtp);
    EXPECT_EQ(engine.counters().packets_in, 2U);
    EXPECT_EQ(engine.counters().packets_out, 2U);
}

TEST_F(EpollEngineTest, TimesPacketsThatItForwardsAndNoOthers) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    for (std::uint16_t i = 1; i <= 3; ++i) {
        a.rtp.send_to(call.a.rtp, rtp({.sequence = i}));
        serve();
    }
    const auto observed = [this] {
        const auto forward = engine.counters().forward;
        return std::accumulate(forward.counts.begin(), forward.counts.end(), std::uint64_t{0});
    };
    EXPECT_EQ(observed(), 3U);
    const double seconds = engine.counters().forward.sum;
    EXPECT_GT(seconds, 0);
    EXPECT_LT(seconds, 10);
    a.rtp.send_to(call.a.rtp, Bytes(20, std::byte{0xff}));
    serve();
    EXPECT_EQ(observed(), 3U) << "what goes no further takes no time to get there";
}

TEST_F(EpollEngineTest, CountsTrafficUnderTheNamesOfItsAccounts) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    auto described = a.description();
    described.account = "carrier";
    engine.describe(now(), call.id, Side::a, described);
    for (const unsigned sequence : {1U, 2U, 5U}) {
        a.rtp.send_to(call.a.rtp, rtp({.sequence = static_cast<std::uint16_t>(sequence)}));
        serve();
    }
    engine.close_session(now(), call.id);
    const auto all = engine.counters().tallies.accounts.all();
    EXPECT_EQ(all.at("carrier").packets_in, 3U);
    EXPECT_EQ(all.at("carrier").bytes_in, 3 * 172U);
    EXPECT_EQ(all.at("carrier").packets_out, 0U);
    EXPECT_EQ(all.at("carrier").lost, 2U);
    EXPECT_EQ(all.at("").packets_out, 3U);
    EXPECT_EQ(all.at("").bytes_out, 3 * 172U);
    EXPECT_EQ(engine.counters().levels.streams, StreamCounts{});
}

TEST_F(EpollEngineTest, CarriesPacketsBetweenTheAddressFamilies) {
    const Phone a{v6_loopback};
    const Phone b;
    const Call call = connect(a, b, v6_loopback, v4_loopback);
    EXPECT_TRUE(call.a.rtp.address.is_v6());
    a.rtp.send_to(call.a.rtp, rtp({}));
    serve();
    EXPECT_EQ(b.hear().size(), 172U);
    b.rtp.send_to(call.b.rtp, rtp({}));
    serve();
    EXPECT_EQ(a.hear().size(), 172U);
}

TEST_F(EpollEngineTest, StartsMusicInTheVeryCallAndGoesOnByTheClock) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    const base::Instant start = now();
    engine.play(start, call.id, Side::b, Source::music);
    const auto first = parse_rtp(b.hear());
    ASSERT_TRUE(first);
    const auto events = engine.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, EngineEvent::Kind::music_started);
    EXPECT_EQ(events[0].session, call.id);
    EXPECT_TRUE(engine.take_events().empty());
    EXPECT_EQ(engine.next_timeout(), start + milliseconds{20});
    engine.on_timeout(start + milliseconds{20});
    EXPECT_EQ(parse_rtp(b.hear())->header.sequence, static_cast<std::uint16_t>(first->header.sequence + 1));
    EXPECT_EQ(engine.next_timeout(), start + milliseconds{40});
    EXPECT_TRUE(engine.stats(call.id, Side::b).music);
}

TEST_F(EpollEngineTest, TellsWhenTheFirstPacketOfMusicReallyLeft) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    const base::Instant turn = now() - seconds{1};  // began long ago, and has been busy since
    const base::Instant before = now();
    engine.play(turn, call.id, Side::b, Source::music);
    const base::Instant after = now();
    const auto events = engine.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_GE(events[0].at, before);
    EXPECT_LE(events[0].at, after);
}

TEST_F(EpollEngineTest, TellsThatMusicEndsWithThePacketOfThePeerThatEndsIt) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    engine.play(now(), call.id, Side::b, Source::peer_or_music);
    engine.take_events();
    a.rtp.send_to(call.a.rtp, rtp({}));
    serve();
    const auto events = engine.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, EngineEvent::Kind::music_stopped);
    EXPECT_EQ(events[0].side, Side::b);
}

TEST_F(EpollEngineTest, RaisesAMediaTimeout) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    const base::Instant start = now();
    engine.arm_timeout(start, call.id, Side::a, seconds{60});
    for (base::Instant at = engine.next_timeout(); at <= start + seconds{60}; at = engine.next_timeout()) {
        engine.on_timeout(at);
    }
    const auto events = engine.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, EngineEvent::Kind::media_timeout);
    EXPECT_EQ(events[0].side, Side::a);
}

TEST_F(EpollEngineTest, SaysGoodbyeAndFreesThePortsAtTheEnd) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    engine.close_session(now(), call.id);
    EXPECT_TRUE(RtcpView::parse(Phone::receive(a.rtcp))->says_bye());
    EXPECT_TRUE(RtcpView::parse(Phone::receive(b.rtcp))->says_bye());
    EXPECT_EQ(engine.counters().free_port_pairs, 8U);
    EXPECT_EQ(engine.counters().sessions, 0U);
    std::error_code error;
    EXPECT_TRUE(UdpSocket::bind(call.a.rtp, 4096, error).is_open()) << "the socket is closed";
    engine.on_timeout(now() + std::chrono::hours{1});
    engine.close_session(now(), call.id);
    EXPECT_EQ(engine.stats(call.id, Side::a).packets_in, 0U);
}

TEST_F(EpollEngineTest, TellsSessionsApartThatHadTheSamePlace) {
    const Call first = open();
    engine.close_session(now(), first.id);
    const Call second = open();
    EXPECT_NE(first.id, second.id);
    engine.close_session(now(), first.id);
    EXPECT_EQ(engine.counters().sessions, 1U);
}

TEST_F(EpollEngineTest, SkipsAPairThatSomebodyElseHas) {
    std::error_code error;
    const UdpSocket squatter = UdpSocket::bind({v4_loopback, static_cast<std::uint16_t>(range.first + 1)}, 4096, error);
    ASSERT_TRUE(squatter.is_open()) << error.message();
    const Call call = open();
    EXPECT_EQ(call.a.rtp.port, range.first + 2);
    EXPECT_EQ(engine.counters().bind_failures, 1U);
}

TEST_F(EpollEngineTest, SaysWhenNoPortIsLeft) {
    for (int i = 0; i < 4; ++i) { open(); }
    std::string why;
    EXPECT_FALSE(engine.open_leg(engine.open_session(now()), Side::a, v4_loopback, why));
    EXPECT_EQ(why, "no media port is free in " + std::to_string(range.first) + "-" + std::to_string(range.last));
}

TEST_F(EpollEngineTest, SaysWhenAnAddressIsNotOursAndLosesNoPort) {
    std::string why;
    EXPECT_FALSE(engine.open_leg(engine.open_session(now()), Side::a, *base::IpAddress::parse("192.0.2.77"), why));
    EXPECT_EQ(why, "cannot open media ports on 192.0.2.77: Cannot assign requested address");
    EXPECT_EQ(engine.counters().free_port_pairs, 8U);
}

TEST_F(EpollEngineTest, DropsWhatCameBeforeTheDescription) {
    const Phone a;
    const Phone b;
    const Phone stranger;
    const Call call = open();
    stranger.rtp.send_to(call.a.rtp, rtp({.fill = std::byte{0x66}}));
    ASSERT_TRUE(readable(engine.descriptor()));
    engine.describe(now(), call.id, Side::b, b.description());
    engine.describe(now(), call.id, Side::a, a.description());
    engine.play(now(), call.id, Side::b, Source::peer);
    engine.poll(now());
    EXPECT_EQ(engine.stats(call.id, Side::a).remote, a.rtp.local());
    EXPECT_EQ(engine.counters().drops[static_cast<std::size_t>(Drop::port_closed)], 1U);
    EXPECT_EQ(engine.counters().packets_out, 0U);
}

class SmallEngineTest : public EngineTest {
protected:
    SmallEngineTest() : EngineTest{2} {}
};

TEST_F(SmallEngineTest, KeepsLatePacketsOfOneCallOutOfTheNextOnItsPort) {
    const Phone late;
    const Phone gone;
    const Call first = connect(late, gone);
    late.rtp.send_to(first.a.rtp, rtp({}));
    serve();
    engine.close_session(now(), first.id);

    const Phone a;
    const Phone b;
    const Call second = connect(a, b);
    ASSERT_EQ(second.a.rtp, first.a.rtp) << "two pairs, so the port comes back";
    EXPECT_EQ(engine.counters().ports_taken_in_quarantine, 2U);
    late.rtp.send_to(second.a.rtp, rtp({.sequence = 2}));
    serve();
    EXPECT_EQ(engine.stats(second.id, Side::a).remote, a.rtp.local());
    EXPECT_EQ(engine.counters().drops[static_cast<std::size_t>(Drop::unknown_source)], 1U);
    EXPECT_EQ(engine.stats(second.id, Side::b).packets_out, 0U);
}

TEST_F(EpollEngineTest, ServesManyPacketsInTurnsAndLosesNone) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    Talker talker;
    std::size_t heard = 0;
    for (int burst = 0; burst < 20; ++burst) {
        for (int i = 0; i < 20; ++i) { a.rtp.send_to(call.a.rtp, talker.packet()); }
        while (readable(engine.descriptor(), 0)) { engine.poll(now()); }
        while (!b.hear(0).empty()) { ++heard; }
    }
    EXPECT_EQ(heard, 400U);
    EXPECT_EQ(engine.counters().kernel_drops, 0U);
}

TEST_F(EpollEngineTest, LeavesTheRestForTheNextTurn) {
    const Phone a;
    const Phone b;
    const Phone c;
    const Phone d;
    const Call one = connect(a, b);
    const Call two = connect(c, d);
    Talker talker;
    for (int i = 0; i < 30; ++i) {
        const Bytes packet = talker.packet();
        a.rtp.send_to(one.a.rtp, packet);
        c.rtp.send_to(two.a.rtp, packet);
    }
    ASSERT_TRUE(readable(engine.descriptor()));
    engine.poll(now());
    EXPECT_EQ(engine.stats(one.id, Side::a).packets_in, ReceiveBatch::capacity);
    EXPECT_EQ(engine.stats(two.id, Side::a).packets_in, ReceiveBatch::capacity) << "each socket has its turn";
    EXPECT_TRUE(readable(engine.descriptor(), 0));
}

TEST_F(EpollEngineTest, CountsWhatTheKernelHadToDrop) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    const Bytes packet = rtp({});
    for (int i = 0; i < 5000; ++i) { a.rtp.send_to(call.a.rtp, packet); }
    engine.poll(now() + EpollEngine::kernel_drops_age);
    const auto dropped = engine.counters().kernel_drops;
    EXPECT_GT(dropped, 0U);
    engine.close_session(now(), call.id);
    EXPECT_EQ(engine.counters().kernel_drops, dropped) << "what a closed call lost stays counted";
    engine.close_session(now(), open().id);
    EXPECT_EQ(engine.counters().kernel_drops, dropped) << "the next one in its place has lost nothing";
}

TEST_F(EpollEngineTest, CountsWhatTheKernelHadToDropOfACallThatEndsSoon) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    const Bytes packet = rtp({});
    for (int i = 0; i < 5000; ++i) { a.rtp.send_to(call.a.rtp, packet); }
    EXPECT_EQ(engine.counters().kernel_drops, 0U) << "the kernel is not asked each time that somebody looks";
    engine.close_session(now(), call.id);
    EXPECT_GT(engine.counters().kernel_drops, 0U);
}

TEST_F(EpollEngineTest, SeesWhatTheKernelDroppedInAnyOfManyCallsWithinSeconds) {
    const Phone a;
    const Phone b;
    for (int i = 0; i < 1200; ++i) { engine.open_session(now()); }
    const Call unlucky = connect(a, b);
    for (int i = 0; i < 1200; ++i) { engine.open_session(now()); }
    const Bytes packet = rtp({});
    for (int i = 0; i < 5000; ++i) { a.rtp.send_to(unlucky.a.rtp, packet); }
    const base::Instant start = now();
    for (base::Duration after{}; after <= EpollEngine::kernel_drops_age; after += milliseconds{10}) {
        engine.on_timeout(start + after);
    }
    EXPECT_GT(engine.counters().kernel_drops, 0U);
}

TEST_F(EpollEngineTest, DropsADatagramThatWasCutShort) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    a.rtp.send_to(call.a.rtp, rtp({.size = 4000}));
    serve();
    EXPECT_EQ(engine.counters().drops[static_cast<std::size_t>(Drop::malformed)], 1U);
}

}  // namespace
}  // namespace media::test
