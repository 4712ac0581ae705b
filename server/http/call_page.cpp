#include "server/http/call_page.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "base/text.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace json = boost::json;

namespace {

Response answer(const CallPage& page, json::array calls) {
    json::object body{{"calls", std::move(calls)}};
    if (page.goes_on) { body["next"] = page.calls.back()->id; }
    return json_response(std::move(body));
}

}  // namespace

bool CallFilter::wants(const CallBrief& call) const {
    const auto of_either = [&](std::string LegBrief::*name, const std::optional<std::string>& wanted) {
        const auto is_of = [&](const std::optional<LegBrief>& leg) { return leg && (*leg).*name == *wanted; };
        return !wanted || is_of(call.a) || is_of(call.b);
    };
    return call.id > after && (!state || call.state == *state) && of_either(&LegBrief::trunk, trunk) &&
           of_either(&LegBrief::user, user);
}

std::vector<std::string> CallPage::ids() const {
    std::vector<std::string> all;
    for (const auto& call : calls) { all.push_back(call->id); }
    return all;
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

CallPage page_of(const BriefLists& lists, const CallFilter& filter) {
    CallPage page;
    for (const CallBriefs& of_shard : lists) {
        std::ranges::copy_if(of_shard, std::back_inserter(page.calls),
                             [&](const auto& call) { return filter.wants(*call); });
    }
    const std::size_t shown = std::min(filter.limit, page.calls.size());
    std::ranges::partial_sort(page.calls, page.calls.begin() + static_cast<std::ptrdiff_t>(shown), {},
                              [](const auto& call) -> const std::string& { return call->id; });
    page.goes_on = shown < page.calls.size();
    page.calls.resize(shown);
    return page;
}

Response answer_of(const CallPage& page) {
    const WallClock clock = WallClock::now();
    json::array calls;
    for (const auto& call : page.calls) { calls.emplace_back(to_json(*call, clock)); }
    return answer(page, std::move(calls));
}

Response answer_of(const CallPage& page, const CallLists& whole) {
    std::unordered_map<std::string_view, const CallView*> known;
    for (const auto& of_shard : whole) {
        for (const CallView& view : of_shard) { known.emplace(view.id, &view); }
    }
    const WallClock clock = WallClock::now();
    json::array calls;
    for (const auto& call : page.calls) {
        const auto found = known.find(call->id);
        if (found != known.end()) { calls.emplace_back(to_json(*found->second, clock)); }
    }
    return answer(page, std::move(calls));
}

}  // namespace server::http
