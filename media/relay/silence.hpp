// Is there something to hear in a packet? Comfort noise is not, nor G.711 whose every sample is near silence.
#pragma once

#include <cstddef>
#include <span>

#include "media/engine.hpp"

namespace media {

// Largest 16-bit amplitude that still counts as silence: -54 dB of full scale.
inline constexpr int silence_amplitude = 64;

// A telephone event is always audible; an empty packet never.
bool is_audible(Codec codec, std::span<const std::byte> payload) noexcept;

}  // namespace media
