// The JSON shapes of the API, and problem details (RFC 9457).
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/b2bua/call_view.hpp"
#include "server/b2bua/capture_view.hpp"
#include "server/b2bua/ladder_view.hpp"
#include "server/http/control.hpp"
#include "server/http/exchange.hpp"

namespace server::http {

// Instants of the shards' clock as wall time: one pair of both clocks, read together.
struct WallClock {
    base::Instant instant;
    std::chrono::system_clock::time_point wall;
    static WallClock now() { return {base::Clock::now(), std::chrono::system_clock::now()}; }
    std::string text(base::Instant at) const;  // RFC 3339
};

boost::json::object to_json(const CallView& call, const WallClock& clock);
boost::json::object to_json(const CallBrief& call, const WallClock& clock);
boost::json::object to_json(const TrunkView& trunk, const WallClock& clock);
boost::json::value up_or_null(TrunkHealth::State state);  // null: not known
boost::json::object to_json(const RegistrationView& view, const WallClock& clock);
boost::json::object to_json(const records::Record& record);
boost::json::object to_json(const LadderView& ladder, const WallClock& clock);
// The ladder, and in each entry of a message its text, if that was kept.
boost::json::object to_json(const CaptureView& capture, const WallClock& clock);
boost::json::object to_json(const TimelineView& timeline, const WallClock& clock);
boost::json::object to_json(const Report& report, const ServerFacts& facts, const WallClock& clock);

// With an end of line. Valid JSON whatever bytes peers sent: what is no UTF-8 becomes U+FFFD (RFC 8259 §8.1).
std::string json_text(boost::json::value value);
Response json_response(boost::json::value value, unsigned status = 200);
Response problem(unsigned status, std::string_view detail = {}, const std::vector<std::string>& errors = {});

}  // namespace server::http
