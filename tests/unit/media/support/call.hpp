// A session with both legs open and described, on virtual time: what most tests of it start from.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "media/relay/session.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline LegDescription description(const std::string& remote) {
    LegDescription out;
    out.remote_rtp = endpoint(remote);
    out.remote_rtcp = out.remote_rtp;
    ++out.remote_rtcp.port;
    out.send = true;
    out.receive = true;
    out.send_formats = {{Codec::pcmu, 0}, {Codec::telephone_event, 101}};
    out.receive_formats = out.send_formats;
    return out;
}

// Three frames that can be told apart in a payload.
inline SharedTune short_tune() {
    Bytes pcmu;
    for (const unsigned mark : {0xa1U, 0xa2U, 0xa3U}) {
        pcmu.insert(pcmu.end(), frame_samples, static_cast<std::byte>(mark));
    }
    Bytes pcma = pcmu;
    for (std::byte& code : pcma) { code = code ^ std::byte{0xf0}; }
    return std::make_shared<const EncodedTune>(pcmu, pcma);
}

class CallTest : public testing::Test {
protected:
    explicit CallTest(const SessionOptions& how = {}) : options{how} {
        session.open_leg(Side::a, {endpoint("192.0.2.1:20000"), endpoint("192.0.2.1:20001")});
        session.open_leg(Side::b, {endpoint("192.0.2.1:20002"), endpoint("192.0.2.1:20003")});
    }
    void connect() {
        session.describe(now, Side::a, of_a);
        session.describe(now, Side::b, of_b);
        session.play(now, Side::a, Source::peer);
        session.play(now, Side::b, Source::peer);
        sink.take();
    }
    void describe(Side side) { session.describe(now, side, side == Side::a ? of_a : of_b); }

    Drop from_a(Bytes packet, Component component = Component::rtp) {
        return session.on_packet(now, Side::a, component,
                                 component == Component::rtp ? of_a.remote_rtp : of_a.remote_rtcp, packet);
    }
    Drop from_b(Bytes packet, Component component = Component::rtp) {
        return session.on_packet(now, Side::b, component,
                                 component == Component::rtp ? of_b.remote_rtp : of_b.remote_rtcp, packet);
    }
    Drop from(Side side, const std::string& source, Bytes packet, Component component = Component::rtp) {
        return session.on_packet(now, side, component, endpoint(source), packet);
    }
    // Time passes, and every timeout is served when it is due.
    void run(base::Duration time) {
        const base::Instant end = now + time;
        while (session.next_timeout() <= end) {
            now = std::max(now, session.next_timeout());
            session.on_timeout(now);
        }
        now = end;
    }
    std::vector<EngineEvent> events() {
        std::vector<EngineEvent> out;
        while (const auto event = session.take_event()) { out.push_back(*event); }
        return out;
    }

    SessionOptions counted(SessionOptions how) {
        how.tallies = &tallies;
        return how;
    }

    base::Instant now = base::Instant{} + std::chrono::hours{1};
    base::SeededRandom random{7};
    Recorder sink;
    SessionTallies tallies;
    SessionOptions options;
    Session session{now, SessionId{5}, counted(options), random, sink};
    LegDescription of_a = description("10.0.0.1:4000");
    LegDescription of_b = description("10.0.0.2:5000");
};

}  // namespace media::test
