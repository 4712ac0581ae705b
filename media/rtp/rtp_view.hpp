// An RTP packet, checked (RFC 3550 §5.1, §5.3.1, Appendix A.1) and seen in place; and the header of one of ours.
//
//    0                   1                   2                   3
//    |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//    |                           timestamp                           |
//    |                             SSRC                              |  then CC · CSRC, extension, payload, padding
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace media {

inline constexpr std::size_t rtp_header_size = 12;

struct RtpHeader {
    bool marker = false;
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
};

struct RtpView {
    RtpHeader header;
    std::size_t csrc_count = 0;
    std::size_t extension_size = 0;  // bytes behind the extension's own header
    std::size_t payload_offset = 0;  // never below rtp_header_size
    std::size_t payload_size = 0;    // without padding; may be 0
};

// Nullopt: not version 2, or a length inside points past the end.
std::optional<RtpView> parse_rtp(std::span<const std::byte> datagram) noexcept;

// Twelve bytes at the start of `out`: no CSRC, no extension, no padding.
void write_rtp_header(std::span<std::byte> out, const RtpHeader& header) noexcept;

// What stands before the payload of a packet of ours, which has no CSRC.
std::size_t rtp_head_size(std::span<const std::byte> packet) noexcept;

}  // namespace media
