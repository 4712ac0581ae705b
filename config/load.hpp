// From YAML, environment and command line to a Config, or to every error at once, each with file, line and column.
// Order, the later wins: defaults, the file, HOLDFAST_SECTION__KEY, --set. Keys and what they take: config/reference.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace config {

inline constexpr std::size_t max_file_size = 4 * 1024 * 1024;
inline constexpr std::size_t max_depth = 16;
inline constexpr std::size_t max_nodes = 200'000;  // values, each alias counted again wherever it is used
inline constexpr std::size_t max_errors = 100;

// Names and values, as in environ.
using Environment = std::vector<std::pair<std::string, std::string>>;

// Where a configuration comes from: kept by the server, so that a reload reads the same again.
struct Source {
    std::optional<std::string> file;  // none: HOLDFAST_CONFIG_BODY if set, else embedded defaults
    std::vector<std::string> set;     // KEY=VALUE with dots, from --set
    Environment environment;
};

struct Loaded {
    Config config;                      // what to run on; meaningless where there are errors
    std::vector<std::string> errors;    // "FILE:LINE:COLUMN: KEY: what is wrong, what is expected"
    std::vector<std::string> warnings;  // the same shape: the server runs, but not quite as written
    bool ok() const { return errors.empty(); }
};

Loaded load(const Source& source);
// `name` stands where the file name would in messages.
Loaded load_text(std::string_view yaml, const std::string& name, const Source& source);

}  // namespace config
