// Who may connect, and how long a connection is kept.
#include "media/stream/connections.hpp"

#include "tests/unit/media/bundle/browsers.hpp"

namespace media::test {
namespace {

Bytes framed(const Bytes& datagram) {
    Bytes out = bytes({static_cast<unsigned>(datagram.size() >> 8), static_cast<unsigned>(datagram.size() & 0xff)});
    out.insert(out.end(), datagram.begin(), datagram.end());
    return out;
}

class ConnectionsTest : public BrowsersTest {
protected:
    ConnectionId accept(const base::Endpoint& remote) {
        const auto id = connections.accept(now, remote);
        EXPECT_TRUE(id);
        return id.value_or(ConnectionId{});
    }
    // What comes on a connection, as a driver hands it on.
    std::vector<Drop> receive(ConnectionId id, const Bytes& stream) {
        std::vector<Drop> seen;
        std::span<const std::byte> rest{stream};
        while (const auto datagram = connections.next(now, id, rest)) {
            const TransportAddress source = connections.source(id);
            seen.push_back(port.on_datagram(now, source, *datagram).drop);
            connections.judge(now, id);
        }
        note_news();
        return seen;
    }
    // A browser whose transport is up, over a connection from `at`.
    Browser& connect_by_tcp(ConnectionId id, const base::Endpoint& at, const LineId& line) {
        Browser& one = browser(1, {at, Protocol::tcp});
        open(one, line);
        agree(one);
        for (const Bytes& bytes : one.transport.take_output()) {
            EXPECT_EQ(receive(id, framed(bytes)), std::vector{Drop::none});
        }
        exchange();
        return one;
    }
    void wait(base::Duration time) {
        now += time;
        clock.set(now);
        connections.on_timeout(now);
        note_news();
    }
    std::uint64_t ended(ConnectionEnd why) const { return connections.counters().ended[static_cast<std::size_t>(why)]; }
    bool is_open(ConnectionId id) { return connections.backlog(id) != nullptr; }

    Connections connections{port};
};

TEST_F(ConnectionsTest, OfATransportStaysOpenAndIsForgottenSoonAfterItsEnd) {
    const ConnectionId id = accept(home);
    Browser& one = connect_by_tcp(id, home, voice);
    EXPECT_TRUE(hears(one));
    wait(Connections::proof_limit);
    EXPECT_TRUE(is_open(id));
    EXPECT_EQ(connections.counters().open, 1U);
    port.close(one.id);
    wait(Connections::proof_limit);
    EXPECT_FALSE(is_open(id));
    EXPECT_EQ(connections.take_ended(), std::vector{id});
    EXPECT_EQ(ended(ConnectionEnd::unproven), 1U);
    EXPECT_EQ(connections.counters().open, 0U);
    EXPECT_EQ(connections.next_timeout(), base::never);
}

TEST_F(ConnectionsTest, WithoutAnAuthenticCheckInTimeItEnds) {
    const ConnectionId id = accept(home);
    now += Connections::proof_limit - 1ms;
    EXPECT_EQ(receive(id, framed(rtp({}))), std::vector{Drop::unknown_source}) << "nothing but checks counts";
    wait(1ms);
    EXPECT_EQ(connections.take_ended(), std::vector{id});
    EXPECT_EQ(ended(ConnectionEnd::unproven), 1U);
}

TEST_F(ConnectionsTest, ThatFallsSilentEnds) {
    const ConnectionId id = accept(home);
    connect_by_tcp(id, home, voice);
    wait(Connections::silence_limit - 1ms);
    receive(id, framed({}));
    for (base::Duration time{}; time < Connections::silence_limit; time += Connections::proof_limit) {
        EXPECT_TRUE(is_open(id));
        wait(Connections::proof_limit);
    }
    EXPECT_EQ(ended(ConnectionEnd::silent), 1U);
}

TEST_F(ConnectionsTest, WhatIsNoDatagramOfABrowsersEndsIt) {
    const ConnectionId id = accept(home);
    EXPECT_EQ(receive(id, bytes({0, 1, 'x', 0, 1, 0})), std::vector<Drop>{});
    EXPECT_FALSE(is_open(id));
    EXPECT_EQ(ended(ConnectionEnd::junk), 1U);
}

TEST_F(ConnectionsTest, AFrameBeyondTheLimitEndsIt) {
    const ConnectionId id = accept(home);
    EXPECT_EQ(receive(id, bytes({'G', 'E', 'T', ' ', '/'})), std::vector<Drop>{});
    EXPECT_FALSE(is_open(id));
    EXPECT_EQ(ended(ConnectionEnd::frame_size), 1U);
}

TEST_F(ConnectionsTest, OfAStrangerEndsAfterSoManyFalseChecks) {
    const ConnectionId id = accept(home);
    for (std::size_t i = 1; i < Connections::max_false_checks; ++i) {
        receive(id, framed(bytes({0, 1, 2})));
        receive(id, framed(rtp({})));
    }
    EXPECT_TRUE(is_open(id));
    receive(id, framed(bytes({0, 1, 2})));
    EXPECT_FALSE(is_open(id));
    EXPECT_EQ(ended(ConnectionEnd::junk), 1U);
}

TEST_F(ConnectionsTest, OfAStrangerEndsAfterSoMuchAheadOfItsCheck) {
    const ConnectionId id = accept(home);
    for (std::size_t i = 1; i < Connections::max_strange; ++i) { receive(id, framed(rtp({}))); }
    EXPECT_TRUE(is_open(id));
    receive(id, framed(rtp({})));
    EXPECT_FALSE(is_open(id));
    EXPECT_EQ(ended(ConnectionEnd::junk), 1U);
}

TEST_F(ConnectionsTest, OfATransportOutlivesAnyNumberOfBadPackets) {
    const ConnectionId id = accept(home);
    Browser& one = connect_by_tcp(id, home, voice);
    for (std::size_t i = 0; i < 2 * Connections::max_strange; ++i) {
        EXPECT_EQ(receive(id, framed(rtp({}))), std::vector{Drop::auth});
    }
    EXPECT_TRUE(hears(one));
}

TEST_F(ConnectionsTest, ThereAreSoManyOfOneAddress) {
    std::uint16_t number = 1;
    for (; number <= Connections::max_per_source; ++number) { accept({home.address, number}); }
    EXPECT_FALSE(connections.accept(now, {home.address, number}));
    EXPECT_EQ(ended(ConnectionEnd::source_limit), 1U);
    accept(mobile);
    connections.close(now, *connections.at({home.address, 1}));
    accept({home.address, number});
}

TEST_F(ConnectionsTest, ThereAreSoManyOfOneNetworkOfIpv6) {
    const auto host = [](const char* text) { return *base::Endpoint::parse(text); };
    base::Endpoint one = host("[2001:db8::1]:1000");
    for (std::size_t i = 0; i < Connections::max_per_source; ++i, ++one.port) { accept(one); }
    EXPECT_FALSE(connections.accept(now, host("[2001:db8::ffff:2]:1000")));
    EXPECT_TRUE(connections.accept(now, host("[2001:db8:0:1::1]:1000")));
}

TEST_F(ConnectionsTest, ThereAreSoManyAltogether) {
    for (std::size_t i = 0; i < Connections::max_open; ++i) {
        const auto host = static_cast<std::uint8_t>(i / Connections::max_per_source);
        accept({base::IpAddress::v4({192, 0, 2, host}), static_cast<std::uint16_t>(1 + i)});
    }
    EXPECT_FALSE(connections.accept(now, mobile));
    EXPECT_EQ(ended(ConnectionEnd::limit), 1U);
}

TEST_F(ConnectionsTest, WithItsConnectionThePairIsGone) {
    const ConnectionId id = accept(home);
    Browser& one = connect_by_tcp(id, home, voice);
    EXPECT_EQ(changes.back().target, (TransportAddress{home, Protocol::tcp}));
    connections.close(now, id);
    note_news();
    EXPECT_EQ(changes.back().target, std::nullopt);
    EXPECT_EQ(ice(one), "disconnected");
    // Whoever comes from there now is a stranger until it has proved to be none.
    const ConnectionId next = accept(home);
    EXPECT_EQ(receive(next, framed(one.transport.seal(Protection::Kind::rtp, rtp({})))),
              std::vector{Drop::unknown_source});
    one.transport.check_now(now);
    exchange();
    EXPECT_EQ(target(one), (TransportAddress{home, Protocol::tcp}));
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(one.transport.handshakes(), 1U);
}

TEST_F(ConnectionsTest, ANewOneOfTheSameAddressAndPortEndsTheOneBefore) {
    const ConnectionId first = accept(home);
    const ConnectionId second = accept(home);
    EXPECT_EQ(connections.take_ended(), std::vector{first});
    EXPECT_EQ(connections.at(home), second);
    EXPECT_EQ(connections.counters().open, 1U);
}

TEST_F(ConnectionsTest, WhatSlowReadersLoseIsCountedBeyondTheirEnd) {
    const ConnectionId id = accept(home);
    for (std::size_t i = 0; i < Backlog::max_frames + 3; ++i) { connections.backlog(id)->push(now, bytes({1})); }
    EXPECT_EQ(connections.counters().frames_dropped, 3U);
    connections.close(now, id);
    EXPECT_EQ(connections.counters().frames_dropped, 3U);
}

}  // namespace
}  // namespace media::test
