// The softphone page, a SIP.js phone for trying the server out: /phone, its files, and what it has to know of this
// server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/control.hpp"
#include "server/http/exchange.hpp"

namespace server::http {

// Which of these listeners ("ws://127.0.0.1:8080") a page that was asked for at this Host connects to, as it writes it;
// empty: none. One bound to all addresses is reached where the page was.
std::string websocket_for(const std::vector<std::string>& listeners, std::string_view host);

// Of the path behind /phone; empty: the page itself.
Response phone_page(std::string_view file, const Request& request, const ServerFacts& facts);

}  // namespace server::http
