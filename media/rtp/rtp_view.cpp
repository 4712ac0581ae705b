#include "media/rtp/rtp_view.hpp"

#include "base/byte_reader.hpp"
#include "base/bytes.hpp"

namespace media {

namespace {

// The extension's size in bytes behind its own header of 4 (RFC 3550 §5.3.1).
std::size_t skip_extension(base::ByteReader& reader) noexcept {
    reader.u16();  // "defined by profile"
    const std::size_t size = std::size_t{4} * reader.u16();
    reader.bytes(size);
    return size;
}

}  // namespace

std::optional<RtpView> parse_rtp(std::span<const std::byte> datagram) noexcept {
    base::ByteReader reader{datagram};
    const unsigned first = reader.u8();
    const unsigned second = reader.u8();
    RtpView view;
    view.header.marker = (second & 0x80U) != 0;
    view.header.payload_type = static_cast<std::uint8_t>(second & 0x7fU);
    view.header.sequence = reader.u16();
    view.header.timestamp = reader.u32();
    view.header.ssrc = reader.u32();
    view.csrc_count = first & 0x0fU;
    reader.bytes(4 * view.csrc_count);
    if ((first & 0x10U) != 0) { view.extension_size = skip_extension(reader); }
    if (!reader.ok() || first >> 6 != 2) { return std::nullopt; }

    view.payload_offset = datagram.size() - reader.left();
    view.payload_size = reader.left();
    if ((first & 0x20U) == 0) { return view; }
    if (view.payload_size == 0) { return std::nullopt; }
    const auto padding = std::to_integer<std::size_t>(datagram.back());
    if (padding == 0 || padding > view.payload_size) { return std::nullopt; }
    view.payload_size -= padding;
    return view;
}

void write_rtp_header(std::span<std::byte> out, const RtpHeader& header) noexcept {
    constexpr std::byte version_2{0x80};
    out[0] = version_2;
    out[1] = static_cast<std::byte>((header.marker ? 0x80U : 0U) | (header.payload_type & 0x7fU));
    base::write_u16(out, 2, header.sequence);
    base::write_u32(out, 4, header.timestamp);
    base::write_u32(out, 8, header.ssrc);
}

std::size_t rtp_head_size(std::span<const std::byte> packet) noexcept {
    constexpr std::size_t own_header = 4;  // of an extension; the second half of it says how many words follow
    if ((packet[0] & std::byte{0x10}) == std::byte{}) { return rtp_header_size; }
    return rtp_header_size + own_header + std::size_t{4} * base::read_u16(packet, rtp_header_size + 2);
}

}  // namespace media
