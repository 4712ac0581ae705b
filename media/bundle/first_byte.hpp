// What a datagram of a browser is, by its first byte (RFC 7983 §7). What is left over (ZRTP, TURN channels) has no
// place here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace media {

enum class FirstByte : std::uint8_t { stun, dtls, media, other };

constexpr FirstByte first_byte_of(std::span<const std::byte> datagram) noexcept {
    if (datagram.empty()) { return FirstByte::other; }
    const auto first = std::to_integer<unsigned>(datagram.front());
    if (first <= 3) { return FirstByte::stun; }
    if (first >= 20 && first <= 63) { return FirstByte::dtls; }
    return first >= 128 && first <= 191 ? FirstByte::media : FirstByte::other;
}

}  // namespace media
