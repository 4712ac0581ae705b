// What the server runs on where no file is given: YAML like any other, so that overrides apply to it.
#pragma once

#include <string_view>

namespace config {

std::string_view embedded_yaml();

// Of all its users.
inline constexpr std::string_view embedded_password = "demo";

}  // namespace config
