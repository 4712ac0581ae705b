// The console, the page for operators: / and its files under /console/. What it shows it asks the API for, with the
// token that its reader types.
#pragma once

#include <string_view>

#include "server/http/exchange.hpp"

namespace server::http {

// Of the path behind /console/; empty: the page itself.
Response console_page(std::string_view file, const Request& request);

}  // namespace server::http
