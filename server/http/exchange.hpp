// One HTTP question and its answer as plain values, so that the API needs no socket to be tested.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace server::http {

struct Request {
    std::string method;  // "GET"
    std::string target;  // "/api/v1/calls?limit=10"
    std::string host;
    std::string origin;         // empty: none
    std::string authorization;  // "Bearer …"
    std::string body = {};
    std::string if_none_match = {};
    base::Endpoint source = {};
    base::Instant at = {};  // when it was read
};

class EventStream;

struct Response {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string_view refusal = {};  // why it is one that came before all else, by its name in the metrics; empty: none
    std::shared_ptr<EventStream> events = {};  // come in place of a body, as long as client and server are there
    bool is_last = false;                      // of its connection
};

// Called once, on the thread of HTTP.
using Respond = std::function<void(Response)>;

}  // namespace server::http
