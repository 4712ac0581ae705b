// Loading from text in tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace config {

inline Loaded load_yaml(std::string_view yaml, const Source& source = {}) { return load_text(yaml, "f.yaml", source); }

inline std::vector<std::string> errors_of(std::string_view yaml, const Source& source = {}) {
    return load_yaml(yaml, source).errors;
}

}  // namespace config
