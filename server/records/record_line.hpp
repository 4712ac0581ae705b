// A record as one line of text, for the spool: JSON, every field of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/records/record.hpp"

namespace server::records {

// Without the line end.
std::string to_line(const Record& record);
// Nullopt: it was not written by to_line(), or not to its end.
std::optional<Record> parse_line(std::string_view line);

}  // namespace server::records
