// Which build this is, besides its version: set by CMake when it configures.
#pragma once

#include <string_view>

namespace server {

extern const std::string_view build_commit;  // short hash, or "unknown" outside a checkout

}  // namespace server
