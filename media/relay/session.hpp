// The media of one call, pure: two legs (or one), each hearing one source, and a leg to a music server for either. Fed
// with packets and time by an engine (media/io, the simulator), which sends what the sink is given and drains
// take_event() after each call.
// Nothing on the way of media (on_packet, on_timeout) allocates, locks, logs or throws; a handshake allocates.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "base/ip.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "media/engine.hpp"
#include "media/music/encoded_cache.hpp"
#include "media/relay/drop.hpp"
#include "media/relay/leg.hpp"
#include "media/relay/packet_sink.hpp"
#include "media/relay/waiting_events.hpp"
#include "media/rtcp/feedback.hpp"
#include "media/rtcp/rtcp_view.hpp"
#include "media/rtp/rtp_view.hpp"
#include "media/traffic.hpp"

namespace media {

struct SessionOptions {
    bool learn = true;                   // take the address that media really comes from (media/relay/latch)
    const DtlsContext* dtls = nullptr;   // of the program; null: no leg is keyed by DTLS
    DtlsOutcomes* handshakes = nullptr;  // where those of its legs are counted; outlives it
    SessionTallies* tallies = nullptr;   // the same of what its legs do
};

class Session {
public:
    // Larger datagrams are no telephone audio and are dropped as malformed.
    static constexpr std::size_t max_datagram = 2048;
    // peer_or_music, server, peer_or_server: so long after the last audible packet music sets in. A pause within music
    // is shorter; and a music server that goes on sending silence is not playing, whatever it means by it.
    static constexpr base::Duration silence_before_music = std::chrono::milliseconds{400};

    // `random` and `sink` must outlive the session.
    Session(base::Instant now, SessionId id, const SessionOptions& options, base::Random& random, PacketSink& sink);

    // A leg exists from here on; it takes and sends nothing before it is described.
    void open_leg(Side side, const LegPorts& local);
    // One whose packets a transport carries (media/bundle): it opens, seals and addresses them, and has authenticated
    // who they come from. RTCP is of Component::rtcp both ways.
    void open_carried_leg(Side side, const base::Endpoint& local);
    // Where the transport of `side` takes media from now on; nullopt: nowhere.
    void on_transport(base::Instant now, Side side, const std::optional<base::Endpoint>& target);
    // RTCP BYE; then as if it had never been opened.
    void close_leg(base::Instant now, Side side);
    // The leg at `side` of `from`, which may be this very session, becomes the one at `to`; who was there is closed.
    void take_leg(base::Instant now, Side to, Session& from, Side side);
    // The port was another call's: who sent there is not learnt before `until`.
    void bar(Side side, const base::Endpoint& source, base::Instant until) noexcept;
    void describe(base::Instant now, Side side, const LegDescription& description);
    // `to`, a or b, hears `source`. Idempotent: what plays already goes on without starting over. `tune` is for those
    // sources that play one (plays_tune).
    void play(base::Instant now, Side to, Source source, SharedTune tune = nullptr,
              MusicPosition position = MusicPosition::start);
    void send_digit(base::Instant now, Side to, const Digit& digit);
    void arm_timeout(base::Instant now, Side side, base::Duration after);  // 0: disarm
    // Whether the sink is shown what passes; not at first.
    void show_packets(bool shown) noexcept { shows_packets_ = shown; }
    void show_reports(bool shown) noexcept { shows_reports_ = shown; }
    // RTCP BYE on every leg; afterwards every packet is dropped and there is no timeout.
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
    std::optional<LegCounts> counts(Side side) const;
    bool hears_music(Side side) const noexcept { return !is_music_leg(side) && leg(side).hears_music; }
    // What is missing by now of what its peers sent goes into their accounts.
    void settle_losses() noexcept;
    std::uint32_t ssrc(Side side) const;  // of what is sent to it; 0: it is not open
    DropCounters drops(Side side) const;  // of what came in on `side` since its leg was opened

private:
    // A packet on its way through: checked, from a known source, in an agreed format.
    struct Media {
        RtpView view;
        Codec codec;
        std::uint8_t meaning;
        bool audible;
        std::span<std::byte> datagram;
        std::optional<AudioLevel> level;
        std::span<std::byte> payload() const { return datagram.subspan(view.payload_offset, view.payload_size); }
    };

    // Of a or b, which are always there.
    Leg& leg(Side side) noexcept { return legs_[static_cast<std::size_t>(side)]; }
    const Leg& leg(Side side) const noexcept { return legs_[static_cast<std::size_t>(side)]; }
    // Nullptr: a music server's leg that is not open.
    const Leg* find(Side side) const noexcept {
        if (!is_music_leg(side)) { return &leg(side); }
        return music_legs_[static_cast<std::size_t>(other(side))].get();
    }
    Leg* find(Side side) noexcept { return const_cast<Leg*>(std::as_const(*this).find(side)); }

    void reset(base::Instant now, Side side);
    Drop open(base::Instant now, Leg& from, Component component, bool control, const base::Endpoint& source,
              std::span<std::byte>& datagram) noexcept;
    Drop take(base::Instant now, Side side, Leg& from, Component component, const base::Endpoint& source,
              std::span<std::byte> datagram) noexcept;
    Drop take_rtp(base::Instant now, Side side, Leg& from, const base::Endpoint& source,
                  std::span<std::byte> datagram) noexcept;
    // session_dtls.cpp
    void associate(base::Instant now, Side side, Leg& leg, const LegDescription& description);
    Drop take_dtls(base::Instant now, Side side, Leg& from, Component component, const base::Endpoint& source,
                   std::span<const std::byte> datagram) noexcept;
    void serve_dtls(base::Instant now, Side side, Leg& due) noexcept;
    void dissociate(Side side, Leg& leg) noexcept;
    void send_dtls(Side side, const base::Endpoint& to, const LegAssociation::Datagrams& datagrams) noexcept;
    Drop take_rtcp(base::Instant now, Side side, Leg& from, Component component, const base::Endpoint& source,
                   std::span<const std::byte> datagram) noexcept;
    // session_feedback.cpp
    void take_feedback(base::Instant now, Side side, Leg& from, const RtcpView& view) noexcept;
    void repeat_sent(base::Instant now, Side side, Leg& to, Feedback& asked) noexcept;
    bool repeat_packet(base::Instant now, Side side, Leg& to, std::uint16_t sequence) noexcept;
    void pass_feedback(Side side, const Leg& from, const Feedback& feedback) noexcept;
    void begin_picture(Side to) noexcept;
    void ask(Side side, const Feedback& asked) noexcept;
    bool can_be_heard(Side from, const Media& media) const noexcept;
    void close_over(Side from, const RtpHeader& header) noexcept;
    Drop pass_on(base::Instant now, Side from, const Media& media) noexcept;
    Drop deliver(base::Instant now, Side to, SourceKey source, const Media& media) noexcept;
    void send_payload(base::Instant now, Side to, const base::Endpoint& target, const RtpHeader& header,
                      const Media& media, bool transcode) noexcept;
    void send_rtp(Side to, const base::Endpoint& target, std::span<const std::byte> datagram) noexcept;
    void put_out(Side to, const base::Endpoint& target, std::span<const std::byte> datagram) noexcept;
    void send_rtcp(Side to, const RtcpRoute& route, std::span<const std::byte> datagram) noexcept;
    void transmit(Side to, Protection::Kind kind, Component component, const base::Endpoint& target,
                  std::span<const std::byte> datagram) noexcept;

    void change_source(Side to, Source source) noexcept;
    const Leg* trusted_by(Side to, Source source) const noexcept;
    Leg* trusted_by(Side to, Source source) noexcept {
        return const_cast<Leg*>(std::as_const(*this).trusted_by(to, source));
    }
    base::Instant music_from(Side to) const noexcept;
    bool is_covered(base::Instant now, Side to, SourceKind sender, bool audible) const noexcept;
    base::Instant music_deadline(Side to) const noexcept;
    void update_music(base::Instant now, Side to) noexcept;
    void start_player(base::Instant now, Side to) noexcept;
    void begin_music(base::Instant now, Side to) noexcept;
    void end_music(base::Instant now, Side to) noexcept;
    void send_frame(base::Instant now, Side to, const Player::Frame& frame) noexcept;

    void note_digit(base::Instant now, Side side, Leg& from, const Media& media) noexcept;
    void play_digits(base::Instant now, Side to) noexcept;
    void send_event(base::Instant now, Side to, const DigitPlayer::Packet& packet) noexcept;

    void serve(base::Instant now, Side side, Leg& due) noexcept;
    void send_report(base::Instant now, Side to, Leg& leg, bool bye) noexcept;
    void silence(base::Instant now, Side side) noexcept;

    SessionId id_;
    bool learn_;
    bool shows_packets_ = false;
    bool shows_reports_ = false;
    const DtlsContext* dtls_;
    DtlsOutcomes* handshakes_;
    base::Random* random_;
    PacketSink* sink_;
    std::array<Leg, 2> legs_;
    std::array<std::unique_ptr<Leg>, 2> music_legs_;  // on the heap: most calls never have one
    WaitingEvents events_;
    SessionTallies* tallies_;
};

}  // namespace media
