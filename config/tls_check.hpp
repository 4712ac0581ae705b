// TLS of a configuration: files that are there, can be used and belong together; URIs that need a listener.
#pragma once

#include "config/config.hpp"
#include "config/report.hpp"

namespace config {

// Reads files only where something listens under TLS.
void check_tls(const Config& config, Report& report);

}  // namespace config
