// All keys as a page of Markdown, made from the table that loading uses: docs/configuration.md is this.
#pragma once

#include <string>

namespace config {

std::string reference();

}  // namespace config
