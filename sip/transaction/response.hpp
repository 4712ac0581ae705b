// Responses that the transaction layer gives by itself. make_response() for everybody else is in layer.hpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip/message/message.hpp"

namespace sip {

// Adds a Warning 399 (RFC 3261 §20.43) that says in words what was wrong. Quotes and controls in it are dropped.
void add_warning(Message& response, std::string_view words);

}  // namespace sip
