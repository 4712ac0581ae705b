// Why a packet did not become SRTP, or SRTP not a packet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace media {

// `none` means "carry on"; its slot in the counters counts what passed.
enum class SrtpDrop : std::uint8_t {
    none,
    malformed,         // too short, not version 2, or its header does not fit
    bad_tag,           // not authentic under any key that counts now
    replayed,          // seen before, or too old to tell (RFC 3711 §3.3.2)
    too_many_sources,  // one more SSRC than SrtpSession::max_sources
    no_room,           // the buffer does not hold the tag behind the packet
    no_key,            // none was agreed yet
    exhausted          // the key protected as many packets as it may (RFC 3711 §9.2)
};
inline constexpr std::size_t srtp_drop_count = 8;

constexpr std::string_view label(SrtpDrop drop) {
    constexpr std::array<std::string_view, srtp_drop_count> labels{
        "none",         "srtp_malformed", "srtp_bad_tag",  "srtp_replayed", "srtp_too_many_sources",
        "srtp_no_room", "srtp_no_key",    "srtp_exhausted"};
    return labels[static_cast<std::size_t>(drop)];
}

using SrtpDropCounters = std::array<std::uint64_t, srtp_drop_count>;

}  // namespace media
