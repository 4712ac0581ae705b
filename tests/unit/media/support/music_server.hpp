// A call whose leg b may hear a music server (RFC 7088), and sounds that tell the server, the peer and the tune apart.
#pragma once

#include <algorithm>
#include <array>

#include "tests/unit/media/support/music.hpp"

namespace media::test {

inline constexpr std::byte servers{0x22};
inline constexpr std::byte peers{0x10};

inline bool is_tune(const Sent& one) {
    constexpr std::array<unsigned, 3> marks{0xa1, 0xa2, 0xa3};  // short_tune()
    return std::count(marks.begin(), marks.end(), std::to_integer<unsigned>(one.payload().at(0))) != 0;
}
inline bool is_all_tune(const std::vector<Sent>& sent) {
    return !sent.empty() && std::all_of(sent.begin(), sent.end(), is_tune);
}
inline bool is_all(const std::vector<Sent>& sent, std::byte fill) {
    return !sent.empty() &&
           std::all_of(sent.begin(), sent.end(), [&](const Sent& one) { return one.payload().at(0) == fill; });
}

class MusicServerTest : public MusicTest {
protected:
    MusicServerTest() {
        of_server.send = false;
        connect();
    }
    void open_server(Side side = Side::music_b) {
        session.open_leg(side, {endpoint("192.0.2.1:20004"), endpoint("192.0.2.1:20005")});
        session.describe(now, side, of_server);
    }
    // Leg b hears the server, which has begun.
    void hear_server() {
        open_server();
        session.play(now, Side::b, Source::server, tune);
        from_server(server.packet());
        events();
        sink.take();
    }
    Drop from_server(Bytes packet, Side side = Side::music_b) {
        return session.on_packet(now, side, Component::rtp, of_server.remote_rtp, packet);
    }
    void server_plays(base::Duration time) {
        for (base::Duration passed{}; passed < time; passed += milliseconds{20}) {
            run(milliseconds{20});
            from_server(server.packet());
        }
    }

    LegDescription of_server = description("10.0.0.3:6000");
    Talker server{{.sequence = 900, .timestamp = 5000, .ssrc = 0x77777777, .fill = servers}};
    Talker peer{{.fill = peers}};
};

}  // namespace media::test
