// One element of an RTP header extension (RFC 8285), found in place: one-byte form (§4.2) and two-byte form (§4.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/rtp/rtp_view.hpp"

namespace media {

// The elements of a longer block are not looked at: every number once, of the one-byte form, takes half of it.
inline constexpr std::size_t max_extension_size = 512;
// In the one-byte form; above it only the two-byte form has numbers, 15 never being one (§4.2).
inline constexpr std::uint8_t max_short_id = 14;
inline constexpr std::uint16_t one_byte_profile = 0xbede;
inline constexpr std::uint16_t two_byte_profile = 0x1000;  // the low four bits are the application's

// The data of the element `id` of `datagram`, which `view` was read from; nullopt: it has none, or is cut short before.
std::optional<std::span<const std::byte>> find_extension(std::span<const std::byte> datagram, const RtpView& view,
                                                         std::uint8_t id) noexcept;

}  // namespace media
