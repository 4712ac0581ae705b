#include "media/rtcp/rtcp_view.hpp"

#include "base/bytes.hpp"

namespace media {

namespace {

constexpr bool is(const RtcpPacket& packet, RtcpType type) { return packet.type == static_cast<std::uint8_t>(type); }

bool is_report(const RtcpPacket& packet) {
    return is(packet, RtcpType::sender_report) || is(packet, RtcpType::receiver_report);
}

// Where the blocks of a report begin in its body: behind the SSRC, and the sender info of an SR.
std::size_t blocks_offset(const RtcpPacket& report) {
    return is(report, RtcpType::sender_report) ? 4 + sender_info_size : 4;
}

// What the count in the header promises is there. More may follow: profile-specific extensions (RFC 3550 §6.4.3).
bool holds_what_it_counts(const RtcpPacket& packet) {
    if (is_report(packet)) { return packet.body.size() >= blocks_offset(packet) + packet.count * report_block_size; }
    if (is(packet, RtcpType::bye)) { return packet.body.size() >= packet.count * std::size_t{4}; }
    return true;
}

std::int32_t signed_24(std::uint32_t value) {
    const std::uint32_t low = value & 0xffffffU;
    return static_cast<std::int32_t>(low) - ((low & 0x800000U) != 0 ? 0x1000000 : 0);
}

ReportBlock read_block(std::span<const std::byte> bytes) {
    ReportBlock block;
    block.reception.ssrc = base::read_u32(bytes, 0);
    block.reception.fraction_lost = std::to_integer<std::uint8_t>(bytes[4]);
    block.reception.cumulative_lost = signed_24(base::read_u32(bytes, 4));
    block.reception.highest_sequence = base::read_u32(bytes, 8);
    block.reception.jitter = base::read_u32(bytes, 12);
    block.last_sr = base::read_u32(bytes, 16);
    block.delay_since_sr = base::read_u32(bytes, 20);
    return block;
}

}  // namespace

std::optional<RtcpView> RtcpView::parse(std::span<const std::byte> datagram) noexcept {
    bool first = true;
    for (auto rest = datagram; !rest.empty() || first; first = false) {
        const auto packet = next(rest);
        if (!packet || (first && !is_report(*packet)) || !holds_what_it_counts(*packet)) { return std::nullopt; }
    }
    return RtcpView{datagram};
}

std::uint32_t RtcpView::sender_ssrc() const noexcept { return base::read_u32(bytes_, rtcp_header_size); }

std::optional<SenderInfo> RtcpView::sender_info() const noexcept {
    std::optional<SenderInfo> info;
    for_each([&](const RtcpPacket& packet) {
        if (info || !is(packet, RtcpType::sender_report)) { return; }
        info = SenderInfo{std::uint64_t{base::read_u32(packet.body, 4)} << 32 | base::read_u32(packet.body, 8),
                          base::read_u32(packet.body, 12), base::read_u32(packet.body, 16),
                          base::read_u32(packet.body, 20)};
    });
    return info;
}

std::optional<ReportBlock> RtcpView::block_about(std::uint32_t ssrc) const noexcept {
    std::optional<ReportBlock> found;
    for_each([&](const RtcpPacket& packet) {
        if (!is_report(packet)) { return; }
        for (std::size_t i = 0; i < packet.count && !found; ++i) {
            const auto block = packet.body.subspan(blocks_offset(packet) + i * report_block_size, report_block_size);
            if (base::read_u32(block, 0) == ssrc) { found = read_block(block); }
        }
    });
    return found;
}

std::optional<ReportBlock> RtcpView::block_at(std::size_t index) const noexcept {
    std::optional<ReportBlock> found;
    for_each([&](const RtcpPacket& packet) {
        if (found || !is_report(packet)) { return; }
        if (index >= packet.count) {
            index -= packet.count;
            return;
        }
        const std::size_t at = blocks_offset(packet) + index * report_block_size;
        found = read_block(packet.body.subspan(at, report_block_size));
    });
    return found;
}

bool RtcpView::says_bye() const noexcept {
    bool bye = false;
    for_each([&](const RtcpPacket& packet) { bye = bye || is(packet, RtcpType::bye); });
    return bye;
}

std::optional<RtcpPacket> RtcpView::next(std::span<const std::byte>& rest) noexcept {
    if (rest.size() < rtcp_header_size) { return std::nullopt; }
    const unsigned first = std::to_integer<unsigned>(rest[0]);
    const std::size_t size = std::size_t{4} * (base::read_u16(rest, 2) + std::size_t{1});
    if (first >> 6 != 2 || size > rest.size()) { return std::nullopt; }
    RtcpPacket packet;
    packet.count = static_cast<std::uint8_t>(first & 0x1fU);
    packet.type = std::to_integer<std::uint8_t>(rest[1]);
    packet.body = rest.subspan(rtcp_header_size, size - rtcp_header_size);
    const bool last = size == rest.size();
    rest = rest.subspan(size);
    if ((first & 0x20U) == 0) { return packet; }
    // Padding is for the last packet only, in multiples of 4 (§6.4.1).
    if (!last || packet.body.empty()) { return std::nullopt; }
    const auto padding = std::to_integer<std::size_t>(packet.body.back());
    if (padding == 0 || padding % 4 != 0 || padding > packet.body.size()) { return std::nullopt; }
    packet.body = packet.body.first(packet.body.size() - padding);
    return packet;
}

}  // namespace media
