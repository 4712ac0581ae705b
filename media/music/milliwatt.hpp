// The digital milliwatt of ITU-T G.711 (tables 5 and 6): 1 kHz at 0 dBm0 as a sequence of eight codes.
#pragma once

#include "media/music/encoded_cache.hpp"

namespace media {

// One frame; it repeats without a seam, as 160 is a multiple of 8.
SharedTune make_milliwatt();

}  // namespace media
