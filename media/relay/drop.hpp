// Why a packet went no further: the reasons are labels of holdfast_rtp_dropped_total.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace media {

// `none` means "carry on"; its slot in a DropCounters counts what was taken in or passed on.
enum class Drop : std::uint8_t {
    none,
    malformed,       // not RTP or RTCP by RFC 3550
    unknown_source,  // neither the described address nor the learnt one
    codec,           // a payload number never agreed, or a format that the hearing leg does not accept
    held,            // a direction, or what the hearing leg is to hear, forbids it
    no_route,        // nobody is there to hear it
    port_closed,     // the leg has no description yet, or no more
    late,            // its place in the sequence is taken: from before the last switch of sources, or it came twice
    auth,            // of a secured leg: not authentic under any key that counts now; plain RTP is that too
    replay,          // of a secured leg: seen before, or too old to tell
    dtls,            // a handshake for a leg that has none, or one that failed
    stun             // a check that is not authentic, or for nobody here
};
inline constexpr std::size_t drop_count = 12;

constexpr std::string_view label(Drop drop) {
    constexpr std::array<std::string_view, drop_count> labels{"none", "malformed", "unknown_source", "codec",
                                                              "held", "no_route",  "port_closed",    "late",
                                                              "auth", "replay",    "dtls",           "stun"};
    return labels[static_cast<std::size_t>(drop)];
}

using DropCounters = std::array<std::uint64_t, drop_count>;

}  // namespace media
