// Events as the API tells them.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "server/b2bua/event.hpp"
#include "server/http/json.hpp"

namespace server::http {

std::string name_of(const Event& event);  // "call.held"
boost::json::object to_json(const Event& event, const WallClock& clock);
// As it goes over the line (WHATWG HTML §9.2).
std::string server_sent(std::uint64_t id, const Event& event, const WallClock& clock);
// Nothing is numbered: who comes back loads the list again.
std::string server_sent_overflow();

}  // namespace server::http
