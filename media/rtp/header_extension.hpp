// One element of an RTP header extension (RFC 8285), found in place: one-byte form (§4.2) and two-byte form (§4.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/rtp/rtp_view.hpp"

namespace media {

// The data of the element `id` of `datagram`, which `view` was read from; nullopt: it has none, or is cut short before.
std::optional<std::span<const std::byte>> find_extension(std::span<const std::byte> datagram, const RtpView& view,
                                                         std::uint8_t id) noexcept;

}  // namespace media
