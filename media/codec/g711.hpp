// ITU-T G.711 by table: both laws to and from 16-bit linear, and law to law.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "media/engine.hpp"

namespace media {

inline constexpr std::uint32_t sample_rate_hz = 8000;

constexpr bool is_g711(Codec codec) { return codec == Codec::pcmu || codec == Codec::pcma; }

// What each code of `law`, pcmu or pcma, stands for.
std::span<const std::int16_t, 256> linear_codes(Codec law) noexcept;
std::int16_t decode_ulaw(std::byte code) noexcept;
std::int16_t decode_alaw(std::byte code) noexcept;
std::byte encode_ulaw(std::int16_t sample) noexcept;
std::byte encode_alaw(std::int16_t sample) noexcept;

std::byte ulaw_to_alaw(std::byte code) noexcept;
std::byte alaw_to_ulaw(std::byte code) noexcept;

// Law to law into `out`, which is as long as `in`. `from` and the other law are both G.711.
void transcode_g711(Codec from, std::span<const std::byte> in, std::span<std::byte> out) noexcept;

}  // namespace media
