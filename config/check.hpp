// What no single value can tell: names that nothing has, ports that collide, rules that contradict each other.
#pragma once

#include "config/config.hpp"
#include "config/report.hpp"

namespace config {

void check(const Config& config, Report& report);
// Defaults that depend on other values.
void fill_in(Config& config);

}  // namespace config
