// POST /api/v1/calls: what is asked for, and what is answered.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "server/b2bua/origination.hpp"
#include "server/http/exchange.hpp"

namespace server::http {

// Or what is wrong with it.
std::variant<OriginateOrder, std::string> read_originate(std::string_view body);
Response answer_originate(const OriginateResult& result);

}  // namespace server::http
