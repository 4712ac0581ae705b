#include "media/rtp/header_extension.hpp"

#include "base/byte_reader.hpp"
#include "base/bytes.hpp"

namespace media {
namespace {

constexpr std::uint8_t end_of_elements = 15;  // one-byte form: what stands behind it is not looked at

struct Element {
    std::uint8_t id = 0;  // 0: padding
    std::size_t size = 0;
};

Element read_one_byte(base::ByteReader& reader) {
    const unsigned first = reader.u8();
    const auto id = static_cast<std::uint8_t>(first >> 4);
    if (id == 0) { return {}; }
    return {id, (first & 0x0fU) + 1};
}

Element read_two_byte(base::ByteReader& reader) {
    const std::uint8_t id = reader.u8();
    if (id == 0) { return {}; }
    return {id, reader.u8()};
}

}  // namespace

std::optional<std::span<const std::byte>> find_extension(std::span<const std::byte> datagram, const RtpView& view,
                                                         std::uint8_t id) noexcept {
    if (view.extension_size == 0 || view.extension_size > max_extension_size || id == 0) { return std::nullopt; }
    constexpr std::size_t own_header = 4;
    const auto header = datagram.subspan(rtp_header_size + 4 * view.csrc_count, own_header + view.extension_size);
    const std::uint16_t profile = base::read_u16(header, 0);
    const bool is_short = profile == one_byte_profile;
    if (!is_short && (profile & 0xfff0U) != two_byte_profile) { return std::nullopt; }
    base::ByteReader reader{header.subspan(own_header)};
    while (reader.left() > 0) {
        const Element element = is_short ? read_one_byte(reader) : read_two_byte(reader);
        if (is_short && element.id == end_of_elements) { return std::nullopt; }
        const auto data = reader.bytes(element.size);
        if (!reader.ok()) { return std::nullopt; }
        if (element.id == id) { return data; }
    }
    return std::nullopt;
}

}  // namespace media
