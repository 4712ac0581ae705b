// The one outgoing SSRC, sequence and timestamp space of a leg, for the whole call (RFC 3550 §5.1).
// Sources (the far leg, another SSRC of it, a music server, a tune, echo) take turns in it without a seam: sequence +1,
// timestamp onwards by the time that passed, marker set. Within a source, gaps and reordering are the sender's own.
// No number is given to two packets: under SRTP the second one would give away what protects both (RFC 3711 §9.1).
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "media/rtp/rtp_view.hpp"

namespace media {

enum class SourceKind : std::uint8_t { peer, server, echo, player, digits };

struct SourceKey {
    SourceKind kind = SourceKind::peer;
    std::uint32_t id = 0;  // the sender's SSRC, or the number of the tune's start
    friend bool operator==(const SourceKey&, const SourceKey&) = default;
};

class Rewriter {
public:
    // A jump further than these within one SSRC is a restart of the sender (RFC 3550 A.1), placed like a new source.
    static constexpr std::int32_t max_dropout = 3000;
    static constexpr std::int32_t max_misorder = 100;

    Rewriter(std::uint32_t ssrc, std::uint16_t first_sequence, std::uint32_t first_timestamp)
        : ssrc_{ssrc}, end_timestamp_{first_timestamp}, next_sequence_{first_sequence} {}

    std::uint32_t ssrc() const { return ssrc_; }
    // The clock of the timestamps: 8 kHz unless said otherwise.
    void set_clock(std::uint32_t clock_hz) noexcept { clock_hz_ = clock_hz; }

    // Our header for a packet of `source` that holds `samples`; the payload type is left as it came.
    // Nullopt: it belongs before the last switch, where there is no room; or it has come before.
    std::optional<RtpHeader> place(base::Instant now, SourceKey source, const RtpHeader& in,
                                   std::uint32_t samples) noexcept;
    // A packet of the current source that we do not pass on: the sequence closes over it, as nothing was lost.
    void skip(SourceKey source, std::uint16_t sequence) noexcept;
    // What the current source called the packet that we sent under `sequence`; nullopt: it is none of its, or too old.
    std::optional<std::uint16_t> original(std::uint16_t sequence) const noexcept;
    // Whatever comes next is placed like a new source.
    void interrupt() noexcept { active_ = false; }

    // Where our clock stands (RFC 3550 §6.4.1: the RTP timestamp of a sender report).
    std::uint32_t timestamp_at(base::Instant now) const noexcept;

private:
    static constexpr std::size_t remembered = 128;  // reordering goes no further back
    static_assert(remembered > max_misorder);

    bool continues(SourceKey source, std::uint16_t sequence) const noexcept;
    void run_clock(base::Instant now, std::uint32_t timestamp, std::uint32_t samples, bool switched) noexcept;
    void advance(std::uint16_t sequence) noexcept;
    bool mark(std::uint16_t sequence) noexcept;
    void switch_to(base::Instant now, SourceKey source, const RtpHeader& in) noexcept;

    std::uint32_t ssrc_;
    std::uint32_t clock_hz_ = 8000;
    std::uint32_t end_timestamp_;       // one after the last sample sent
    std::uint32_t last_timestamp_ = 0;  // of the newest packet, which left at last_at_
    base::Instant last_at_{};
    std::uint16_t next_sequence_;  // one after the highest sent
    bool started_ = false;

    bool active_ = false;  // the rest is about the current source
    SourceKey source_{};
    std::uint16_t floor_ = 0;  // its first sequence number that has a place
    std::uint16_t highest_ = 0;
    std::bitset<remembered> placed_;  // `highest_` is the lowest bit, the one before it the next
    std::uint32_t timestamp_offset_ = 0;
    std::uint16_t sequence_offset_ = 0;
};

}  // namespace media
