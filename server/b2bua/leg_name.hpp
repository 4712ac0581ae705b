// What a leg is called in logs, metrics and the API.
#pragma once

#include <array>
#include <string_view>

#include "media/engine.hpp"

namespace server {

constexpr std::string_view letter(media::Side side) {
    constexpr std::array<std::string_view, media::side_count> names{"a", "b", "music_a", "music_b"};
    return names[static_cast<std::size_t>(side)];
}

}  // namespace server
