// What who receives a stream asks of its sender: a key frame (PLI, RFC 4585 §6.3.1; FIR, RFC 5104 §4.3.1) and packets
// that were lost (generic NACK, RFC 4585 §6.2.1), and no more bits a second than it estimates that there is room for
// (REMB, draft-alvestrand-rmcat-remb-03 §2.2). Read from a compound, and written as a minimal one of our own (RFC 4585
// §3.1). Leaves out every other feedback message.
//
//    |V=2|P| FMT=15  |    PT=206     |            length             |
//    |                    SSRC of who estimates                      |
//    |                              0                                |
//    |      'R'      |      'E'      |      'M'      |      'B'      |
//    |  how many     |  exponent |           mantissa                |  SSRCs that it is about, so many
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/rtcp/appender.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media {

// A lost packet, and which of the sixteen after it are lost too, the next one in the lowest bit.
struct Nack {
    std::uint16_t first = 0;
    std::uint16_t following = 0;
    friend bool operator==(const Nack&, const Nack&) = default;
};

struct Feedback {
    static constexpr std::size_t max_nacks = 16;  // of a compound; the rest can be asked for again

    bool picture_loss = false;
    std::optional<std::uint8_t> full_intra;  // number of the command
    boost::container::static_vector<Nack, max_nacks> nacks;
    std::optional<std::uint32_t> estimate;  // of REMB: six bits of exponent, eighteen of mantissa, as they came
    bool any() const noexcept { return picture_loss || full_intra || estimate || !nacks.empty(); }
};

// What `view` asks of the sender `ssrc`.
Feedback read_feedback(const RtcpView& view, std::uint32_t ssrc) noexcept;

// RR 8, SDES, PLI 12, FIR 20, REMB 24, NACK 12 and its entries.
inline constexpr std::size_t max_feedback_size = 8 + description_size + 12 + 20 + 24 + 12 + 4 * Feedback::max_nacks;
using FeedbackBuffer = std::array<std::byte, max_feedback_size>;

// From `ssrc`, which is ours, to `sender`. The part of `out` that was written.
std::span<const std::byte> write_feedback(const Feedback& feedback, std::uint32_t ssrc, std::uint32_t sender,
                                          const Cname& cname, FeedbackBuffer& out) noexcept;

}  // namespace media
