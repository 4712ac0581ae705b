// The media plane of the simulator itself: a music server on the virtual network plays to a leg.
#include <gtest/gtest.h>

#include "media/rtp/rtp_view.hpp"
#include "tests/simulation/world/sim_engine.hpp"
#include "tests/simulation/world/tone.hpp"

namespace simulation {
namespace {

using media::Side;

constexpr int server_hz = tone_hz(3);

class SimEngineMusicServer : public testing::Test {
protected:
    SimEngineMusicServer() {
        session = engine.open_session(clock.now());
        for (const Side side : {Side::a, Side::b, Side::music_a, Side::music_b}) {
            std::string why;
            ports.push_back(*engine.open_leg(session, side, *base::IpAddress::parse("192.0.2.1"), why));
            engine.describe(clock.now(), session, side, description(side));
            network.attach(place(side), [this, side](const Datagram& datagram) {
                const std::string_view payload = std::string_view{datagram.bytes}.substr(media::rtp_header_size);
                heard[side].push_back(recognise(payload, Law::mu));
            });
        }
    }
    static base::Endpoint place(Side side) {
        return {base::IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(1 + static_cast<int>(side))}), 4000};
    }
    static media::LegDescription description(Side side) {
        media::LegDescription out;
        out.remote_rtp = place(side);
        out.send = !media::is_music_leg(side);
        out.receive = true;
        out.send_formats = {{media::Codec::pcmu, 0}};
        out.receive_formats = out.send_formats;
        return out;
    }
    void server_plays(Side side) {
        std::string bytes(media::rtp_header_size, '\0');
        media::write_rtp_header(std::as_writable_bytes(std::span{bytes}), {false, 0, ++sequence, 160U * sequence, 77});
        network.send({Datagram::Kind::media, place(side), ports[static_cast<std::size_t>(side)].rtp,
                      bytes + tone_payload(server_hz, Law::mu)});
    }
    void pass(Duration time) {
        const Instant end = clock.now() + time;
        for (Instant next = std::min(clock.next(), engine.next_timeout()); next <= end;
             next = std::min(clock.next(), engine.next_timeout())) {
            clock.move_to(next);
            if (clock.next() <= next) { clock.run_next(); }
            engine.on_timeout(clock.now());
        }
        clock.move_to(end);
    }

    EventQueue clock;
    Trace trace{clock};
    base::SeededRandom random{5};
    Network network{clock, random, trace};
    SimEngine engine{clock, network, random, trace};
    media::SessionId session{};
    std::vector<media::LegPorts> ports;
    std::map<Side, std::vector<Sound>> heard;
    std::uint16_t sequence = 0;
};

TEST_F(SimEngineMusicServer, IsHeardByItsLegAndFollowedByTheTuneWhenItsLegCloses) {
    engine.play(clock.now(), session, Side::b, media::Source::server, {});
    pass(100ms);
    heard.clear();
    for (int i = 0; i < 10; ++i) {
        server_plays(Side::music_b);
        pass(20ms);
    }
    EXPECT_EQ(heard[Side::b].back(), (Sound{Sound::Kind::tone, server_hz}));
    EXPECT_EQ(engine.stats(session, Side::music_b).packets_in, 10U);
    engine.close_leg(clock.now(), session, Side::music_b);
    pass(20ms);
    EXPECT_EQ(heard[Side::b].back(), (Sound{Sound::Kind::music, 0}));
    EXPECT_TRUE(heard[Side::a].empty());
    EXPECT_TRUE(heard[Side::music_a].empty());
    EXPECT_TRUE(heard[Side::music_b].empty());
    engine.close_session(clock.now(), session);
    EXPECT_EQ(engine.leg_at(ports.back().rtp), nullptr);
    EXPECT_TRUE(trace.violations().empty());
}

}  // namespace
}  // namespace simulation
