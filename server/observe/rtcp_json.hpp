// A sender or receiver report (RFC 3550 §6.4) in the JSON that Homer's agents write for protocol type 5. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace server {

// Empty: it is no compound packet that begins with a report.
std::string rtcp_json(std::span<const std::byte> packet);

}  // namespace server
