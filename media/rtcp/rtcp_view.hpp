// A compound RTCP packet, checked (RFC 3550 §6.1, Appendix A.2) and seen in place: what its reports say to us.
// Packet types other than reports and BYE are validated by length and passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/rtp/receive_stats.hpp"

namespace media {

enum class RtcpType : std::uint8_t {
    sender_report = 200,
    receiver_report = 201,
    description = 202,
    bye = 203,
    transport_feedback = 205,  // RFC 4585 §6.1
    payload_feedback = 206
};

inline constexpr std::size_t rtcp_header_size = 4;
inline constexpr std::size_t report_block_size = 24;
inline constexpr std::size_t sender_info_size = 20;

struct SenderInfo {
    std::uint64_t ntp = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t packets = 0;
    std::uint32_t octets = 0;
};

struct ReportBlock {
    ReceptionReport reception;
    std::uint32_t last_sr = 0;         // middle 32 bits of the NTP time of our last SR they got; 0: none
    std::uint32_t delay_since_sr = 0;  // 1/65536 s
};

// One packet of the compound.
struct RtcpPacket {
    std::uint8_t count = 0;
    std::uint8_t type = 0;
    std::span<const std::byte> body;  // behind the header, without padding
};

class RtcpView {
public:
    // Nullopt: not a compound that starts with a report, or a length inside does not fit.
    static std::optional<RtcpView> parse(std::span<const std::byte> datagram) noexcept;

    std::uint32_t sender_ssrc() const noexcept;
    std::optional<SenderInfo> sender_info() const noexcept;
    // The block about `ssrc` in any report of the compound.
    std::optional<ReportBlock> block_about(std::uint32_t ssrc) const noexcept;
    std::optional<ReportBlock> block_at(std::size_t index) const noexcept;  // of all its reports
    bool says_bye() const noexcept;

    // Calls `visit(const RtcpPacket&)` for each packet.
    template <class Visit>
    void for_each(Visit&& visit) const noexcept {
        for (auto rest = bytes_; !rest.empty();) {
            const auto packet = next(rest);
            if (!packet) { return; }
            visit(*packet);
        }
    }

private:
    explicit RtcpView(std::span<const std::byte> bytes) : bytes_{bytes} {}
    // Cuts the first packet off `rest`; nullopt: malformed.
    static std::optional<RtcpPacket> next(std::span<const std::byte>& rest) noexcept;

    std::span<const std::byte> bytes_;
};

// RFC 5761 §4: on a shared port, packet types 192 to 223 are RTCP.
constexpr bool is_rtcp(std::span<const std::byte> datagram) noexcept {
    return datagram.size() >= 2 && datagram[1] >= std::byte{192} && datagram[1] <= std::byte{223};
}

}  // namespace media
