#include "server/http/call_page.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace json = boost::json;

namespace {

template <class Leg>
const Leg* pointer_to(const std::optional<Leg>& leg) {
    return leg ? &*leg : nullptr;
}

template <class Call, class Leg>
bool fits(const CallFilter& filter, const Call& call, const Leg* a, const Leg* b) {
    const auto of_either = [&](auto name, const std::optional<std::string>& wanted) {
        return !wanted || (a != nullptr && a->*name == *wanted) || (b != nullptr && b->*name == *wanted);
    };
    return call.id > filter.after && (!filter.state || call.state == *filter.state) &&
           of_either(&Leg::trunk, filter.trunk) && of_either(&Leg::user, filter.user);
}

const CallView& call_in(const CallView& listed) { return listed; }
const CallBrief& call_in(const std::shared_ptr<const CallBrief>& listed) { return *listed; }

template <class Call, class Lists>
Response page(const Lists& lists, const CallFilter& filter) {
    std::vector<const Call*> calls;
    for (const auto& of_shard : lists) {
        for (const auto& listed : of_shard) {
            const Call& call = call_in(listed);
            if (filter.wants(call)) { calls.push_back(&call); }
        }
    }
    const std::size_t shown = std::min(filter.limit, calls.size());
    const auto by_id = [](const Call* a, const Call* b) { return a->id < b->id; };
    std::partial_sort(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(shown), calls.end(), by_id);
    const WallClock clock = WallClock::now();
    json::array list;
    for (std::size_t i = 0; i < shown; ++i) { list.emplace_back(to_json(*calls[i], clock)); }
    json::object body{{"calls", std::move(list)}};
    if (shown < calls.size()) { body["next"] = calls[shown - 1]->id; }
    return json_response(std::move(body));
}

}  // namespace

bool CallFilter::wants(const CallView& call) const { return fits(*this, call, &call.a, pointer_to(call.b)); }

bool CallFilter::wants(const CallBrief& call) const {
    return fits(*this, call, pointer_to(call.a), pointer_to(call.b));
}

CallFilter parse_filter(const Target& target, std::string& error) {
    CallFilter filter;
    for (const auto& [name, value] : target.query) {
        if (name == "limit") {
            const auto limit = base::parse_number<std::size_t>(value);
            if (!limit || *limit == 0 || *limit > max_page) { error = "limit: expected a number from 1 to 1000"; }
            filter.limit = limit.value_or(default_page);
        } else if (name == "after") {
            filter.after = value;
        } else if (name == "state") {
            static constexpr std::array<std::string_view, 4> states{"routing", "ringing", "up", "ending"};
            const bool known = std::find(states.begin(), states.end(), value) != states.end();
            if (!known) { error = "state: expected routing, ringing, up or ending"; }
            filter.state = value;
        } else if (name == "trunk") {
            filter.trunk = value;
        } else if (name == "user") {
            filter.user = value;
        } else if (name == "brief") {
            if (value != "true" && value != "false") { error = "brief: expected true or false"; }
            filter.brief = value == "true";
        } else {
            error = "unknown parameter; known are limit, after, state, trunk, user, brief";
        }
    }
    return filter;
}

Response page_of(const CallLists& lists, const CallFilter& filter) { return page<CallView>(lists, filter); }
Response page_of(const BriefLists& lists, const CallFilter& filter) { return page<CallBrief>(lists, filter); }

}  // namespace server::http
