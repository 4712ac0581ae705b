// The tunes that a configuration names, read and encoded once, for all shards.
#pragma once

#include <memory>

#include "config/config.hpp"
#include "media/music/encoded_cache.hpp"
#include "server/observe/log.hpp"

namespace server {

// A tune is found by what `hold.music` says, globally or of a trunk; "" is the global one. For a file that cannot be
// read a warning names it, and the built-in tune stands in.
std::shared_ptr<const media::MusicLibrary> load_music(const config::Config& config, Log& log);

}  // namespace server
