// What happens, live: GET /api/v1/events.
#include "server/http/api.hpp"
#include "server/http/event_stream.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace {

constexpr const char* come_back_s = "10";

// One past the limit keeps no connection either: whoever else asks needs a place.
Response too_many() {
    Response response = problem(503, "as many watch the events as may");
    response.headers.emplace_back("Retry-After", come_back_s);
    response.is_last = true;
    return response;
}

}  // namespace

void Api::watch_events(const Asked& asked, Respond respond) const {
    Response response{200, {}, "text/event-stream"};
    if (asked.request.method == "HEAD") { return respond(std::move(response)); }
    response.events = hub_.open();
    respond(response.events ? std::move(response) : too_many());
}

}  // namespace server::http
