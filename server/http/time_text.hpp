// Times as people write them in questions (RFC 3339).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace server::http {

// Milliseconds since 1970 of "2026-11-29", "2026-11-29T08:30:00Z", "2026-11-29T08:30:00.250+01:00"; without a zone it
// is UTC.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace server::http
