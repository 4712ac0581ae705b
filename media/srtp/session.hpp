// One direction of SRTP and SRTCP under one master key, for all SSRCs of a leg (RFC 3711, RFC 7714): a value around a
// libsrtp session. Nothing is remembered of a packet that is not authentic. A new SSRC allocates, once, after that.
// Leaves out: MKI, encrypted header extensions (RFC 6904), key derivation rates.
#pragma once

#include <boost/container/static_vector.hpp>
#include <memory>
#include <optional>
#include <span>

#include "media/srtp/drop.hpp"
#include "media/srtp/keys.hpp"

struct srtp_ctx_t_;

namespace media {

class SrtpSession {
public:
    enum class Direction : std::uint8_t { outbound, inbound };
    static constexpr std::size_t max_sources = 32;
    static constexpr std::size_t max_trailer_size = 20;  // a GCM tag and an SRTCP index
    // So far back a packet may be sent again (RFC 4585 §6.2.1): the same one, which becomes the same bytes. It is the
    // caller's part that no other one ever has its number, which would break both (RFC 3711 §9.1).
    static constexpr std::size_t repeat_window = 1024;

    // Nullopt: the library refuses.
    static std::optional<SrtpSession> make(Direction direction, const SrtpKey& key);

    // In place: `size` bytes of `storage` are the packet, and afterwards what it has become. On a drop `size` stands,
    // the bytes need not. RTP and RTCP of either direction; the session must be one of that direction.
    [[nodiscard]] SrtpDrop protect_rtp(std::span<std::byte> storage, std::size_t& size) noexcept;
    [[nodiscard]] SrtpDrop protect_rtcp(std::span<std::byte> storage, std::size_t& size) noexcept;
    [[nodiscard]] SrtpDrop unprotect_rtp(std::span<std::byte> storage, std::size_t& size) noexcept;
    [[nodiscard]] SrtpDrop unprotect_rtcp(std::span<std::byte> storage, std::size_t& size) noexcept;

    // Outbound: from here on under `key`, with the rollover counters and SRTCP indices of before (RFC 3711 §3.3.1 and
    // §3.4: neither is reset by a re-keying). False: the library refuses, and the session is of no use any more.
    [[nodiscard]] bool change_key(const SrtpKey& key);
    // Inbound and unused: expects the sources of `before`, each where its rollover counter is there.
    [[nodiscard]] bool continue_from(const SrtpSession& before);
    // Whether any source has wrapped its sequence numbers, so that continuing differs from beginning.
    bool has_rolled_over() const noexcept;

    const SrtpKey& key() const noexcept { return key_; }
    std::size_t source_count() const noexcept { return sources_.size(); }
    // How often the sequence numbers of this source wrapped; 0 for a stranger.
    std::uint32_t rollovers(std::uint32_t ssrc) const noexcept;

private:
    struct Release {
        void operator()(srtp_ctx_t_* context) const noexcept;
    };
    struct Source {
        std::uint32_t ssrc;
        std::uint64_t highest;  // index of RFC 3711 §3.3.1: rollovers, then the sequence number
        bool is_expected;       // taken over from another session, and not heard here yet
        bool has_rtp;           // `highest` means something
    };

    SrtpSession(Direction direction, SrtpKey key, srtp_ctx_t_* context);
    bool has_room_for(std::uint32_t ssrc) const noexcept;
    Source* find(std::uint32_t ssrc) noexcept;
    void note(std::uint32_t ssrc) noexcept;
    void note(std::uint32_t ssrc, std::uint16_t sequence) noexcept;

    Direction direction_;
    SrtpKey key_;
    std::unique_ptr<srtp_ctx_t_, Release> context_;
    boost::container::static_vector<Source, max_sources> sources_;
};

}  // namespace media
