// One side of a session: what its description allows, what it hears, and what is remembered of its peer.
#pragma once

#include <memory>
#include <optional>

#include "media/dtls/leg_association.hpp"
#include "media/engine.hpp"
#include "media/music/encoded_cache.hpp"
#include "media/music/player.hpp"
#include "media/relay/digits.hpp"
#include "media/relay/drop.hpp"
#include "media/relay/latch.hpp"
#include "media/relay/packet_sink.hpp"
#include "media/relay/protection.hpp"
#include "media/rtcp/reporter.hpp"
#include "media/rtp/extension_block.hpp"
#include "media/rtp/payload_map.hpp"
#include "media/rtp/receive_stats.hpp"
#include "media/rtp/rewriter.hpp"
#include "media/rtp/sent_packets.hpp"
#include "media/traffic.hpp"

namespace media {

struct RtcpRoute {
    Component component;
    base::Endpoint to;
};

// Are this sender's packets heard by a leg that hears `source`?
constexpr bool is_heard(SourceKind sender, Source source) noexcept {
    switch (sender) {
        case SourceKind::peer:
            return source == Source::peer || source == Source::peer_or_music || source == Source::peer_or_server;
        case SourceKind::server:
            return source == Source::server || source == Source::peer_or_server;
        case SourceKind::echo:
            return source == Source::echo;
        case SourceKind::player:
        case SourceKind::digits:
            return false;
    }
    return false;
}

// What packets that come in on `side` are to the leg that may hear them.
constexpr SourceKind kind_of(Side side) noexcept { return is_music_leg(side) ? SourceKind::server : SourceKind::peer; }

struct Leg {
    Leg(base::Instant now, bool learn, base::Random& random);

    void describe(base::Instant now, const LegDescription& description);
    // May this come from its peer? Nothing is learnt by asking.
    bool may_come_from(base::Instant now, Component component, const base::Endpoint& sender) const noexcept {
        return (component == Component::rtp ? rtp : rtcp).may_accept(now, sender);
    }
    // As Latch::accept; a transport knows its peer.
    bool accept(base::Instant now, Component component, const base::Endpoint& sender, bool worthy) noexcept {
        return is_carried || (component == Component::rtp ? rtp : rtcp).accept(now, sender, worthy);
    }
    // Where its transport takes what it sends. True: another place than before.
    bool carry(base::Instant now, const std::optional<base::Endpoint>& target) noexcept;
    // Where its peer takes media; nullopt: nowhere, or it is not known.
    std::optional<base::Endpoint> peer() const noexcept { return is_carried ? carried_to : rtp.target(); }
    // A packet of its peer in an agreed format; `regular` as in ReceiveStats.
    void count(base::Instant now, const RtpHeader& header, bool regular, std::size_t size) noexcept;

    // Where its media goes; nullopt: it may not be sent to.
    std::optional<base::Endpoint> media_target() const noexcept;
    // Reports flow in every direction, held or not (RFC 3264 §5.1), unless no address is known.
    std::optional<RtcpRoute> rtcp_route() const noexcept;
    // How loud a packet of its peer says that it is.
    std::optional<AudioLevel> level_of(std::span<const std::byte> datagram, const RtpView& view) const noexcept;
    // What stands before the payload of a packet that it is sent: header, and the extensions that it agreed to.
    std::size_t head_size(const std::optional<AudioLevel>& level) const noexcept {
        return rtp_header_size + (extensions ? extensions->size(level) : 0);
    }
    void write_head(std::span<std::byte> out, base::Instant now, const RtpHeader& header,
                    const std::optional<AudioLevel>& level) const noexcept;
    // The wire number for `codec`, or for the other G.711 law where only that is accepted.
    struct Outgoing {
        std::uint8_t payload;
        bool transcode;
    };
    std::optional<Outgoing> outgoing(Codec codec, std::uint8_t meaning) const noexcept;

    bool hears(SourceKind sender) const noexcept { return is_heard(sender, source); }
    base::Instant timeout_deadline() const noexcept;
    SenderInfo sender_info(base::Instant now) const noexcept;
    LegCounts counts() const noexcept;
    LegStats snapshot() const;
    void settle_losses() noexcept;
    void secure(base::Instant now, const LegDescription& description);
    void locate(base::Instant now, const LegDescription& description);
    void start_reports(base::Instant now) noexcept;
    void remember_pictures(const LegDescription& description);
    void extend(const LegDescription& description);
    // The keys that a handshake has brought.
    void take_keys(base::Instant now);

    bool open = false;
    bool is_carried = false;  // by a transport, which addresses and protects
    bool described = false;
    bool send = false;
    bool receive = false;
    bool rtcp_mux = false;
    bool feedback = false;
    bool estimates = false;
    bool shown_anew = false;        // a picture that comes now is the first after a pause, or of all
    bool level_says_voice = false;  // of what its peer sends
    std::uint8_t level_id = 0;      // 0: it says no level
    Source source = Source::none;
    std::uint32_t octets_out = 0;                 // payload only, as an SR counts them
    std::unique_ptr<Protection> protection;       // of a secured leg; on the heap: it is large, and many legs have none
    std::unique_ptr<LegAssociation> association;  // of one whose keys come by DTLS
    PayloadMap payloads;
    base::Endpoint local;
    std::optional<base::Endpoint> carried_to;
    Latch rtp;
    Latch rtcp;
    Rewriter rewriter;
    ReceiveStats received;
    Reporter reporter;
    std::unique_ptr<SentPackets> sent;           // of a picture whose viewer can say what it missed
    std::unique_ptr<ExtensionBlock> extensions;  // of what it is sent; on the heap: most legs have none

    SharedTune tune;
    Player player;
    std::uint32_t player_starts = 0;
    std::uint16_t player_packets = 0;  // since the start
    bool hears_music = false;          // since its first packet
    MusicPosition position = MusicPosition::start;

    bool plays_digits() const noexcept { return digits && digits->playing(); }
    base::Instant digits_due() const noexcept { return digits ? digits->due() : base::never; }

    base::Instant dtls_due() const noexcept { return association ? association->next_timeout() : base::never; }

    DigitReader pressed;                  // by its peer
    std::unique_ptr<DigitPlayer> digits;  // to its peer; on the heap: most legs never have one

    base::Instant last_audible = base::Instant::min();  // of what the peer sends
    base::Instant last_life = base::Instant::min();
    base::Instant armed_at{};
    base::Duration timeout{};  // 0: not armed

    std::uint64_t packets_in = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_out = 0;
    TrafficCounters* traffic = nullptr;  // the account that it adds to; null: nobody asks
    std::uint64_t lost_settled = 0;
    std::array<std::uint32_t, drop_count> drops{};  // small: each call has room for some
};

}  // namespace media
