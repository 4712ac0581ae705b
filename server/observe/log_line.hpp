// One event as one line of text or JSON. Whatever a peer sent stays inside its value: control characters are escaped,
// and fields that could hold secrets are masked.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "server/b2bua/core.hpp"

namespace server {

using WallTime = std::chrono::system_clock::time_point;

// "2026-11-22T20:35:01.123Z" (RFC 3339, UTC).
std::string to_rfc3339(WallTime time);
// In double quotes, by RFC 8259; bytes that are no UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);

std::string_view to_text(config::LogLevel level);
std::optional<config::LogLevel> parse_log_level(std::string_view text);
std::string log_line(config::LogFormat format, WallTime time, const LogEvent& event);

}  // namespace server
