// Calls that are up: GET, POST and DELETE of /api/v1/calls and what is below it.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "server/http/api.hpp"
#include "server/http/call_page.hpp"
#include "server/http/json.hpp"
#include "server/http/originate.hpp"

namespace server::http {

namespace {

namespace json = boost::json;

std::optional<LegOrder> parse_order(std::string_view leg, std::string_view order) {
    using Kind = LegOrder::Kind;
    static constexpr std::pair<std::string_view, Kind> kinds[] = {
        {"hold", Kind::hold}, {"resume", Kind::resume}, {"reinvite", Kind::reinvite}};
    const auto* const kind =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& known) { return known.first == order; });
    if ((leg != "a" && leg != "b") || kind == std::end(kinds)) { return std::nullopt; }
    return LegOrder{leg == "a" ? media::Side::a : media::Side::b, kind->second};
}

}  // namespace

void Api::list_calls(const Asked& asked, Respond respond) const {
    std::string error;
    CallFilter filter = parse_filter(asked.target, error);
    if (!error.empty()) { return respond(problem(400, error)); }
    auto work = [&control = control_, home = home_, filter = std::move(filter),
                 respond = std::move(respond)](const BriefLists& lists) {
        CallPage page = page_of(lists, filter);
        if (filter.brief) { return respond(answer_of(page)); }
        std::vector<std::string> ids = page.ids();
        auto complete = [page = std::move(page), respond](const CallLists& whole) { respond(answer_of(page, whole)); };
        control.calls(std::move(ids), at(home, std::move(complete)));
    };
    control_.briefs(max_calls_a_shard, at_home(std::move(work)));
}

void Api::show_call(const Asked& asked, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::optional<CallView>& call) {
        respond(call ? json_response(to_json(*call, WallClock::now())) : problem(404, "no such call"));
    };
    control_.call(asked.named[0], at_home(std::move(work)));
}

void Api::show_timeline(const Asked& asked, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::optional<TimelineView>& timeline) {
        respond(timeline ? json_response(to_json(*timeline, WallClock::now()))
                         : problem(404, "no such call, live or among those that ended last"));
    };
    control_.timeline(asked.named[0], at_home(std::move(work)));
}

void Api::end_call(const Asked& asked, Respond respond) const {
    auto work = [respond = std::move(respond)](bool known) {
        respond(known ? Response{204, {}, {}, {}} : problem(404, "no such call"));
    };
    control_.hang_up(asked.named[0], at_home(std::move(work)));
}

// It is taken, not done: the peers are yet to answer.
void Api::order(const Asked& asked, Respond respond) const {
    const auto order = parse_order(asked.named[1], asked.named[2]);
    if (!order) { return respond(problem(404, "a leg is a or b, an order hold, resume or reinvite")); }
    auto work = [respond = std::move(respond)](OrderResult result) {
        switch (result) {
            case OrderResult::no_such_call:
                return respond(problem(404, "no such call"));
            case OrderResult::not_now:
                return respond(problem(409, "the call is not up with a peer on each leg, or is being transferred"));
            case OrderResult::taken:
                return respond(Response{204, {}, {}, {}});
        }
    };
    control_.order(asked.named[0], *order, at_home(std::move(work)));
}

void Api::originate(const Asked& asked, Respond respond) const {
    auto wanted = read_originate(asked.request.body);
    if (const auto* const why = std::get_if<std::string>(&wanted)) { return respond(problem(400, *why)); }
    auto work = [respond = std::move(respond)](const OriginateResult& result) { respond(answer_originate(result)); };
    control_.originate(std::get<OriginateOrder>(std::move(wanted)), at_home(std::move(work)));
}

}  // namespace server::http
