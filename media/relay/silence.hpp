// Is there something to hear in a packet? Comfort noise is not, nor G.711 that is no louder than the noise of a line.
// Judged by the mean amplitude, not the peak: a crackle of a line is short, a voice or a tune is not.
#pragma once

#include <cstddef>
#include <span>

#include "media/engine.hpp"

namespace media {

// Mean 16-bit amplitudes; for noise, 64 is -46 dBm0 and 128 is -40 dBm0. A codec alone may hum at -65 dBm0p (ITU-T
// G.712), a poor analog line at -50; quiet speech is at -30. They lie apart so that noise near the one does not
// start and stop the music.
inline constexpr unsigned noise_amplitude = 64;   // who is being heard is silent up to here
inline constexpr unsigned sound_amplitude = 128;  // who was silent is silent up to here

// Is it louder than `amplitude`, which is at least that of noise? A telephone event and what is only relayed always
// are; comfort noise and an empty packet never.
bool is_audible(Codec codec, std::span<const std::byte> payload, unsigned amplitude) noexcept;

}  // namespace media
