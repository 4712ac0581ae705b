// The media of one call, pure: two legs (or one), each hearing one source. Fed with packets and time by an engine
// (media/io, the simulator), which sends what the sink is given and drains take_event() after each call.
// Nothing on the way of a packet (on_packet, on_timeout) allocates, locks, logs or throws.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "base/ip.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "media/engine.hpp"
#include "media/music/encoded_cache.hpp"
#include "media/relay/drop.hpp"
#include "media/relay/packet_sink.hpp"

namespace media {

enum class MusicPosition : std::uint8_t {
    start,  // each hold hears the tune from its beginning
    shared  // all calls are at the same place of it
};

struct SessionOptions {
    bool learn = true;  // take the address that media really comes from (media/relay/latch)
    MusicPosition position = MusicPosition::start;
};

class Session {
public:
    // `random` and `sink` must outlive the session.
    Session(base::Instant now, SessionId id, const SessionOptions& options, base::Random& random, PacketSink& sink);

    // A leg exists from here on; it takes and sends nothing before it is described.
    void open_leg(Side side, const LegPorts& local);
    void describe(base::Instant now, Side side, const LegDescription& description);
    // Idempotent: what plays already goes on without starting over. `tune` is for music and peer_or_music.
    void play(base::Instant now, Side to, Source source, SharedTune tune = nullptr);
    void arm_timeout(base::Instant now, Side side, base::Duration after);  // 0: disarm
    // RTCP BYE to both legs; afterwards every packet is dropped and there is no timeout.
    void close(base::Instant now) noexcept;

    // A datagram that came to the port of `side` and `component`; its bytes are changed.
    Drop on_packet(base::Instant now, Side side, Component component, const base::Endpoint& source,
                   std::span<std::byte> datagram) noexcept;
    void on_timeout(base::Instant now) noexcept;
    // Not before this instant is anything due. on_packet never moves it earlier.
    base::Instant next_timeout() const noexcept;

    // Events since the last call, one by one; at most one of each kind and side waits.
    std::optional<EngineEvent> take_event() noexcept;
    LegStats stats(Side side) const;
    const DropCounters& drops(Side side) const;  // of what came in on `side`
};

}  // namespace media
