// SRTP of one leg (RFC 3711): what it sends goes out under our key, what comes in counts under the peer's. The order of
// what is done with a packet is the caller's: who it comes from is looked at first, and nothing is learnt of a packet
// before open() has found it authentic.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.hpp"
#include "media/relay/drop.hpp"
#include "media/srtp/keys.hpp"
#include "media/srtp/receiver.hpp"
#include "media/srtp/session.hpp"

namespace media {

class Protection {
public:
    // Of what is handed to seal().
    static constexpr std::size_t max_datagram = SrtpReceiver::max_datagram;
    enum class Kind : std::uint8_t { rtp, rtcp };

    // The same keys again change nothing. A key of ours that is new goes on with the counters of the old one; the
    // peer's old key counts for a while (SrtpReceiver). False: the library refuses; nothing is sent or taken then.
    [[nodiscard]] bool set_keys(base::Instant now, const SrtpKeys& keys);

    // In place: `datagram` shrinks to the packet inside. On a drop its bytes mean nothing any more.
    [[nodiscard]] Drop open(base::Instant now, Kind kind, std::span<std::byte>& datagram) noexcept;

    // Of what is sent; empty: nothing can be.
    std::string_view suite() const noexcept {
        return outbound_ ? numbers_of(outbound_->key().suite()).name : std::string_view{};
    }

    class Buffer {
        friend class Protection;
        std::array<std::byte, max_datagram + SrtpSession::max_trailer_size> bytes_;
    };
    // What to send, in `buffer`. Empty: it cannot be protected, and so must not be sent.
    [[nodiscard]] std::span<const std::byte> seal(Kind kind, std::span<const std::byte> datagram,
                                                  Buffer& buffer) noexcept;

private:
    std::optional<SrtpSession> outbound_;
    SrtpReceiver inbound_;
};

}  // namespace media
