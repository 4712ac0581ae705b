// The page that Prometheus reads (text format 0.0.4), made of a report. Names and labels are promised to operators:
// docs/metrics.md, which is made here, too.
#pragma once

#include <string>

#include "server/observe/process.hpp"
#include "server/observe/report.hpp"

namespace server {

inline constexpr const char* metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_page(const Report& report, const ProcessFacts& process);
// The same metrics for people, as Markdown.
std::string metrics_reference();

}  // namespace server
