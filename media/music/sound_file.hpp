// Music from a file: whatever libsndfile reads (WAV FLAC OGG Opus MP3), any rate and channels, as 8 kHz mono.
#pragma once

#include <optional>
#include <string>

#include "media/music/encoded_cache.hpp"

namespace media {

inline constexpr base::Duration max_sound_duration = std::chrono::minutes{10};
inline constexpr int max_sound_channels = 16;

// Nullopt: `why` names the file and what is wrong with it.
std::optional<Pcm> load_sound_file(const std::string& path, std::string& why);

}  // namespace media
