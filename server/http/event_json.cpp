#include "server/http/event_json.hpp"

#include <boost/json/array.hpp>

#include "server/b2bua/leg_name.hpp"

namespace server::http {

namespace json = boost::json;

namespace {

std::string name_of_kind(const CallEvent& event) {
    constexpr const char* names[] = {"started", "ringing", "answered", "renegotiated",
                                     "held",    "resumed", "changed",  "ended"};
    return std::string{"call."} + names[static_cast<unsigned>(event.kind)];
}

std::string name_of_kind(const TrunkEvent& event) { return event.change.up ? "trunk.up" : "trunk.down"; }

std::string name_of_kind(const ServerEvent& event) {
    constexpr const char* names[] = {"draining", "reloaded", "reload_refused"};
    return std::string{"server."} + names[static_cast<unsigned>(event.kind)];
}

void add_to(json::object& body, const CallEvent& event, const WallClock& clock) {
    body["call"] = to_json(*event.call, clock);
    if (event.hold) {
        body["leg"] = letter(event.hold->leg);
        body["by"] = event.hold->by_operator ? "operator" : "peer";
    }
    if (event.end) {
        body["outcome"] = event.end->outcome;
        body["code"] = event.end->code;
        body["cause"] = event.end->cause;
        body["ended_by"] = event.end->ended_by;
    }
}

void add_to(json::object& body, const TrunkEvent& event, const WallClock&) {
    body["trunk"] = event.change.peer.trunk;
    body["peer"] = event.change.peer.uri;
    body["why"] = event.change.why;
    body["up"] = up_or_null(event.trunk);
}

void add_to(json::object& body, const ServerEvent& event, const WallClock&) {
    if (event.kind != ServerEvent::Kind::reload_refused) { return; }
    body["errors"] = json::array(event.errors.begin(), event.errors.end());
}

}  // namespace

std::string name_of(const Event& event) {
    return std::visit([](const auto& one) { return name_of_kind(one); }, event);
}

json::object to_json(const Event& event, const WallClock& clock) {
    return std::visit(
        [&](const auto& one) {
            json::object body{{"at", clock.text(one.at)}};
            add_to(body, one, clock);
            return body;
        },
        event);
}

// JSON has no line ends of its own: one "data" line holds it, and the text ends with the first of the two that end an
// event.
std::string server_sent(std::uint64_t id, const Event& event, const WallClock& clock) {
    return "id: " + std::to_string(id) + "\nevent: " + name_of(event) + "\ndata: " + json_text(to_json(event, clock)) +
           '\n';
}

std::string server_sent_overflow() { return "event: overflow\ndata: {}\n\n"; }

}  // namespace server::http
