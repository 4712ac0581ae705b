// What must be right before a message is processed at all (RFC 3261 §8.1.1, §8.2, §16.3; RFC 4475): the fields that
// each message has exactly once, and the syntax of those that route it. What else a field means is its reader's matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sip/message/parser.hpp"

namespace sip {

ParseError make_fault(ParseFault fault, std::string detail);

std::optional<ParseError> check_request_uri(std::string_view uri, const Limits& limits);
std::optional<ParseError> check_fields(const Message& message);
// Can a response be made by copying (§8.2.6.2) that finds its way and its request?
bool is_answerable(const Message& message);

}  // namespace sip
