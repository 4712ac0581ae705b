// ${VAR}, ${VAR:-default} and ${file:/path} in values; $${ is a plain ${. What is put in is never read as YAML, and
// never shown.
#pragma once

#include <cstddef>

#include "config/load.hpp"
#include "config/report.hpp"
#include "config/tree.hpp"

namespace config {

inline constexpr std::size_t max_secret_file_size = 64 * 1024;

// Replaces in `node` and everything below; `key` is where it stands. What cannot be replaced is reported and marked
// broken.
void expand(Node& node, const std::string& key, const Environment& environment, Report& report);

}  // namespace config
