// The music that needs no file: eight slow bars in E flat major, chords like a soft organ under plucked single notes.
// Written for a telephone: every chord note lies between 300 and 600 Hz, none near the test tones of 440 and 1000 Hz.
#pragma once

#include <array>

#include "media/music/encoded_cache.hpp"

namespace media {

inline constexpr std::size_t builtin_bars = 8;
inline constexpr base::Duration builtin_bar = std::chrono::seconds{3};

// The three notes in Hz that sound through each bar and dominate it.
using Chord = std::array<double, 3>;
extern const std::array<Chord, builtin_bars> builtin_chords;

// The same samples each time. Its end runs into its beginning.
Pcm compose_builtin_tune();

}  // namespace media
