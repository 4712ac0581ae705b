// What a leg receives, across changes of the peer's key: the old one counts until the first good packet under the new
// one, 2 s at most, so that what is under way when a description changes is heard. Peers differ in whether a new key
// sets their rollover counters back (RFC 3711 §3.3.1 says no): what the first good packet shows is taken.
#pragma once

#include "base/time.hpp"
#include "media/srtp/session.hpp"

namespace media {

class SrtpReceiver {
public:
    static constexpr base::Duration grace = std::chrono::seconds{2};
    static constexpr std::size_t max_datagram = 2048;

    // The same key again changes nothing. False: the library refuses, and everything stays as it was.
    [[nodiscard]] bool set_key(base::Instant now, const SrtpKey& key);

    // As SrtpSession's; each result is counted. Longer than max_datagram is malformed.
    [[nodiscard]] SrtpDrop unprotect_rtp(base::Instant now, std::span<std::byte> storage, std::size_t& size) noexcept;
    [[nodiscard]] SrtpDrop unprotect_rtcp(base::Instant now, std::span<std::byte> storage, std::size_t& size) noexcept;

    const SrtpDropCounters& drops() const noexcept { return drops_; }
    // A good packet under the newest key was seen.
    bool is_proven() const noexcept { return current_ && !beginning_ && !continuing_; }

private:
    using Unprotect = SrtpDrop (SrtpSession::*)(std::span<std::byte>, std::size_t&) noexcept;

    SrtpDrop unprotect(base::Instant now, Unprotect function, std::span<std::byte> storage, std::size_t& size) noexcept;
    SrtpDrop try_changed(base::Instant now, Unprotect function, std::span<std::byte> storage,
                         std::size_t& size) noexcept;
    void settle(std::optional<SrtpSession>& winner) noexcept;

    std::optional<SrtpKey> newest_;
    std::optional<SrtpSession> current_;     // under a proven key; while there is another one, until grace_end_ only
    std::optional<SrtpSession> continuing_;  // under the newest key, with the rollover counters of before
    std::optional<SrtpSession> beginning_;   // under the newest key, from zero
    base::Instant grace_end_ = base::never;
    SrtpDropCounters drops_{};
};

}  // namespace media
