// Values from the environment and the command line, put into the document's tree where the file would have had them.
#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/report.hpp"
#include "config/schema.hpp"
#include "config/tree.hpp"

namespace config {

// HOLDFAST_SECTION__KEY=value: a double underscore for a level; names compare without case, and - as _.
// HOLDFAST_SECTION__KEY_FILE=path: the value is in a file, as ${file:path} has it.
void apply_environment(Node& root, const Schema& schema, const Environment& environment, Report& report);
// KEY=VALUE with dots for levels.
void apply_settings(Node& root, const Schema& schema, const std::vector<std::string>& settings, Report& report);

}  // namespace config
