// The engine on real loopback sockets, and telephones to talk to it. Nothing sleeps: a test waits on descriptors, with
// a deadline.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include "media/io/epoll_engine.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {

inline const base::IpAddress v4_loopback = base::IpAddress::v4({127, 0, 0, 1});
inline const base::IpAddress v6_loopback = *base::IpAddress::parse("::1");
inline constexpr int patience_ms = 5000;

inline bool readable(int descriptor, int wait_ms = patience_ms) {
    pollfd waiting{descriptor, POLLIN, 0};
    return ::poll(&waiting, 1, wait_ms) == 1;
}

// A free range of `pairs` on loopback, below the ports that the kernel gives away by itself.
inline PortSlice free_ports(unsigned pairs) {
    constexpr unsigned lowest = 10'240;
    constexpr unsigned highest = 32'000;
    base::SystemRandom random;
    for (int attempt = 0; attempt < 100; ++attempt) {
        const unsigned first = lowest + 2 * static_cast<unsigned>(random.below((highest - lowest) / 2));
        std::vector<UdpSocket> held;
        std::error_code error;
        for (unsigned port = first; port < first + 2 * pairs && !error; ++port) {
            held.push_back(UdpSocket::bind({v4_loopback, static_cast<std::uint16_t>(port)}, 4096, error));
        }
        if (!error) { return {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(first + 2 * pairs - 1)}; }
    }
    ADD_FAILURE() << "no free ports on loopback";
    return {};
}

// One end of a call: an RTP and an RTCP socket of its own.
struct Phone {
    explicit Phone(const base::IpAddress& address = v4_loopback) {
        std::error_code error;
        rtp = UdpSocket::bind({address, 0}, 65536, error);
        rtcp = UdpSocket::bind({address, 0}, 65536, error);
        EXPECT_FALSE(error) << error.message();
    }
    LegDescription description() const {
        LegDescription out = test::description("10.0.0.1:4000");
        out.remote_rtp = rtp.local();
        out.remote_rtcp = rtcp.local();
        return out;
    }
    // The next datagram; empty if none comes in time.
    static Bytes receive(const UdpSocket& socket, int wait_ms = patience_ms) {
        if (!readable(socket.descriptor(), wait_ms)) { return {}; }
        Bytes datagram(4096);
        const auto size = ::recv(socket.descriptor(), datagram.data(), datagram.size(), 0);
        datagram.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
        return datagram;
    }
    Bytes hear(int wait_ms = patience_ms) const { return receive(rtp, wait_ms); }
    UdpSocket rtp;
    UdpSocket rtcp;
};

class EngineTest : public testing::Test {
protected:
    explicit EngineTest(unsigned pairs = 8) : engine{options(pairs), random, library} {}
    EngineOptions options(unsigned pairs) {
        EngineOptions out;
        out.ports = free_ports(pairs);
        range = out.ports;
        return out;
    }
    base::Instant now() const { return base::Clock::now(); }

    struct Call {
        SessionId id;
        LegPorts a;
        LegPorts b;
    };
    Call open(const base::IpAddress& on_a = v4_loopback, const base::IpAddress& on_b = v4_loopback) {
        Call call;
        std::string why;
        call.id = engine.open_session(now());
        const auto a_ports = engine.open_leg(call.id, Side::a, on_a, why);
        const auto b_ports = engine.open_leg(call.id, Side::b, on_b, why);
        EXPECT_TRUE(a_ports && b_ports) << why;
        call.a = a_ports.value_or(LegPorts{});
        call.b = b_ports.value_or(LegPorts{});
        return call;
    }
    Call connect(const Phone& a, const Phone& b, const base::IpAddress& on_a = v4_loopback,
                 const base::IpAddress& on_b = v4_loopback) {
        const Call call = open(on_a, on_b);
        engine.describe(now(), call.id, Side::a, a.description());
        engine.describe(now(), call.id, Side::b, b.description());
        engine.play(now(), call.id, Side::a, Source::peer);
        engine.play(now(), call.id, Side::b, Source::peer);
        return call;
    }
    // Waits for a datagram at the engine and serves it.
    void serve() {
        ASSERT_TRUE(readable(engine.descriptor()));
        engine.poll(now());
    }

    PortSlice range;
    base::SystemRandom random;
    std::shared_ptr<const MusicLibrary> library = std::make_shared<const MusicLibrary>();
    EpollEngine engine;
};

}  // namespace media::test
