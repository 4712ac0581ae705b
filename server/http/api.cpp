#include "server/http/api.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "server/http/console.hpp"
#include "server/http/json.hpp"
#include "server/http/originate.hpp"
#include "server/http/phone.hpp"
#include "server/observe/metrics.hpp"

namespace server::http {

namespace {

namespace json = boost::json;

constexpr std::size_t max_registrations = 10'000;  // in one answer

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// "localhost" or an address, with or without a port: names of others may be pointed at us by their owners.
bool is_own_host(std::string_view host) {
    if (base::Endpoint::parse(host) || base::IpAddress::parse(host)) { return true; }
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') { return true; }
    return base::iequals(host.substr(0, host.find(':')), "localhost");
}

struct CallFilter {
    std::size_t limit = default_page;
    std::string after;
    std::optional<std::string> state;
    std::optional<std::string> trunk;

    bool wants(const CallView& call) const {
        if (call.id <= after) { return false; }
        if (state && call.state != *state) { return false; }
        return !trunk || call.a.trunk == *trunk || (call.b && call.b->trunk == *trunk);
    }
};

// Empty `error` if all is well.
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
        } else {
            error = "unknown parameter; known are limit, after, state, trunk";
        }
    }
    return filter;
}

std::optional<LegOrder> parse_order(std::string_view leg, std::string_view order) {
    using Kind = LegOrder::Kind;
    static constexpr std::pair<std::string_view, Kind> kinds[] = {
        {"hold", Kind::hold}, {"resume", Kind::resume}, {"reinvite", Kind::reinvite}};
    const auto* const kind =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& known) { return known.first == order; });
    if ((leg != "a" && leg != "b") || kind == std::end(kinds)) { return std::nullopt; }
    return LegOrder{leg == "a" ? media::Side::a : media::Side::b, kind->second};
}

// By id, so that pages join without a gap however calls come and go.
Response page_of(const CallLists& lists, const CallFilter& filter) {
    std::vector<const CallView*> calls;
    for (const auto& of_shard : lists) {
        for (const CallView& call : of_shard) {
            if (filter.wants(call)) { calls.push_back(&call); }
        }
    }
    const std::size_t shown = std::min(filter.limit, calls.size());
    const auto by_id = [](const CallView* a, const CallView* b) { return a->id < b->id; };
    std::partial_sort(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(shown), calls.end(), by_id);
    const WallClock clock = WallClock::now();
    json::array list;
    for (std::size_t i = 0; i < shown; ++i) { list.emplace_back(to_json(*calls[i], clock)); }
    json::object body{{"calls", std::move(list)}};
    if (shown < calls.size()) { body["next"] = calls[shown - 1]->id; }
    return json_response(std::move(body));
}

}  // namespace

Response wrong_method(const char* allowed) {
    Response response = problem(405);
    response.headers.emplace_back("Allow", allowed);
    return response;
}

bool reads(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

void Api::answer(const Request& request, Respond respond) const {
    const auto target = Target::parse(request.target);
    if (!target) { return respond(problem(400, "the request target cannot be read")); }
    const auto& path = target->path;
    if (path.size() == 1 && (path[0] == "healthz" || path[0] == "readyz")) {
        if (!reads(request)) { return respond(wrong_method("GET, HEAD")); }
        return respond(path[0] == "readyz" ? readiness() : json_response({{"status", "ok"}}));
    }
    if (surface_.metrics && path.size() == 1 && path[0] == "metrics") {
        if (!reads(request)) { return respond(wrong_method("GET, HEAD")); }
        return show_metrics(std::move(respond));
    }
    if (auto page = answer_page(request, *target)) { return respond(std::move(*page)); }
    if (!surface_.api || path.size() < 3 || path[0] != "api" || path[1] != "v1") { return respond(problem(404)); }
    if (auto refusal = refuse(request)) { return respond(std::move(*refusal)); }
    answer_api(request, *target, std::move(respond));
}

std::optional<Response> Api::answer_page(const Request& request, const Target& target) const {
    const auto& path = target.path;
    if (surface_.phone && !path.empty() && path[0] == "phone") { return answer_phone(request, target); }
    const bool is_console = path.empty() || path[0] == "console";
    if (!surface_.console || !is_console || path.size() > 2) { return std::nullopt; }
    if (!reads(request)) { return wrong_method("GET, HEAD"); }
    if (path.size() == 1) { return problem(404); }
    return console_page(path.empty() ? std::string{} : path[1], request);
}

Response Api::answer_phone(const Request& request, const Target& target) const {
    if (target.path.size() > 2) { return problem(404); }
    if (!reads(request)) { return wrong_method("GET, HEAD"); }
    return phone_page(target.path.size() == 2 ? target.path[1] : std::string{}, request, control_.facts());
}

void Api::answer_api(const Request& request, const Target& target, Respond respond) const {
    const auto& path = target.path;
    const std::string& what = path[2];
    if (what == "calls" && path.size() > 3) { return answer_call(request, target, std::move(respond)); }
    if (what == "cdrs" && path.size() <= 4) { return answer_records(request, target, std::move(respond)); }
    if (path.size() != 3) { return respond(problem(404)); }
    if (what == "calls" && request.method == "POST") { return originate(request, std::move(respond)); }
    if (what == "calls" || what == "status" || what == "registrations") {
        if (!reads(request)) { return respond(wrong_method(what == "calls" ? "GET, HEAD, POST" : "GET, HEAD")); }
        if (what == "registrations") { return list_registrations(std::move(respond)); }
        return what == "calls" ? list_calls(target, std::move(respond)) : show_status(std::move(respond));
    }
    if (what == "drain" || what == "reload") {
        if (request.method != "POST") { return respond(wrong_method("POST")); }
        return what == "drain" ? drain(std::move(respond)) : reload(std::move(respond));
    }
    respond(problem(404));
}

void Api::answer_call(const Request& request, const Target& target, Respond respond) const {
    const auto& path = target.path;
    if (path.size() == 5 && path[4] == "ladder") {
        if (!reads(request)) { return respond(wrong_method("GET, HEAD")); }
        return show_ladder(path[3], std::move(respond));
    }
    if (path.size() == 5 && path[4] == "timeline") {
        if (!reads(request)) { return respond(wrong_method("GET, HEAD")); }
        return show_timeline(path[3], std::move(respond));
    }
    if (path.size() == 7 && path[4] == "legs") {
        const auto order = parse_order(path[5], path[6]);
        if (!order) { return respond(problem(404)); }
        if (request.method != "POST") { return respond(wrong_method("POST")); }
        return pass_order(path[3], *order, std::move(respond));
    }
    if (path.size() != 4) { return respond(problem(404)); }
    if (reads(request)) { return show_call(path[3], std::move(respond)); }
    if (request.method == "DELETE") { return end_call(path[3], std::move(respond)); }
    respond(wrong_method("GET, HEAD, DELETE"));
}

std::optional<Response> Api::refuse(const Request& request) const {
    if (!surface_.token.empty()) {
        constexpr std::string_view scheme = "Bearer ";
        const std::string_view given = request.authorization;
        const bool bearer = given.size() > scheme.size() && base::iequals(given.substr(0, scheme.size()), scheme);
        if (bearer && same_secret(given.substr(scheme.size()), surface_.token)) { return std::nullopt; }
        Response response = problem(401, "a bearer token is needed");
        response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"holdfast\"");
        return response;
    }
    // Without a token only loopback keeps strangers out, and a web page in a browser on this machine is a stranger.
    if (!request.host.empty() && !is_own_host(request.host)) {
        return problem(403, "without a token the API answers to localhost and addresses only");
    }
    if (!request.origin.empty() && request.origin != "http://" + request.host) {
        return problem(403, "without a token the API does not answer web pages of others");
    }
    return std::nullopt;
}

Response Api::readiness() const {
    if (control_.draining()) { return problem(503, "draining"); }
    return json_response({{"status", "ready"}});
}

void Api::list_calls(const Target& target, Respond respond) const {
    std::string error;
    CallFilter filter = parse_filter(target, error);
    if (!error.empty()) { return respond(problem(400, error)); }
    auto work = [filter = std::move(filter), respond = std::move(respond)](const CallLists& lists) {
        respond(page_of(lists, filter));
    };
    control_.calls(max_calls_a_shard, at_home(std::move(work)));
}

void Api::list_registrations(Respond respond) const {
    auto work = [respond = std::move(respond)](const std::vector<RegistrationView>& views) {
        const WallClock clock = WallClock::now();
        json::array list;
        for (const RegistrationView& view : views) { list.emplace_back(to_json(view, clock)); }
        respond(json_response({{"registrations", std::move(list)}}));
    };
    control_.registrations(max_registrations, at_home(std::move(work)));
}

void Api::show_call(const std::string& id, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::optional<CallView>& call) {
        respond(call ? json_response(to_json(*call, WallClock::now())) : problem(404, "no such call"));
    };
    control_.call(id, at_home(std::move(work)));
}

void Api::show_ladder(const std::string& id, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::optional<LadderView>& ladder) {
        respond(ladder ? json_response(to_json(*ladder, WallClock::now()))
                       : problem(404, "no such call, live or among those that ended last"));
    };
    control_.ladder(id, at_home(std::move(work)));
}

void Api::show_timeline(const std::string& id, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::optional<TimelineView>& timeline) {
        respond(timeline ? json_response(to_json(*timeline, WallClock::now()))
                         : problem(404, "no such call, live or among those that ended last"));
    };
    control_.timeline(id, at_home(std::move(work)));
}

void Api::end_call(const std::string& id, Respond respond) const {
    auto work = [respond = std::move(respond)](bool known) {
        respond(known ? Response{204, {}, {}, {}} : problem(404, "no such call"));
    };
    control_.hang_up(id, at_home(std::move(work)));
}

// It is taken, not done: the peers are yet to answer.
void Api::pass_order(const std::string& id, const LegOrder& order, Respond respond) const {
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
    control_.order(id, order, at_home(std::move(work)));
}

void Api::originate(const Request& request, Respond respond) const {
    auto asked = read_originate(request.body);
    if (const auto* const why = std::get_if<std::string>(&asked)) { return respond(problem(400, *why)); }
    auto work = [respond = std::move(respond)](const OriginateResult& result) { respond(answer_originate(result)); };
    control_.originate(std::get<OriginateOrder>(std::move(asked)), at_home(std::move(work)));
}

void Api::show_status(Respond respond) const {
    auto work = [respond = std::move(respond), facts = control_.facts()](const Report& report) {
        respond(json_response(to_json(report, facts, WallClock::now())));
    };
    control_.report(at_home(std::move(work)));
}

void Api::show_metrics(Respond respond) const {
    auto work = [respond = std::move(respond)](const Report& report) {
        respond({200, metrics_page(report, read_process_facts()), metrics_content_type, {}});
    };
    control_.report(at_home(std::move(work)));
}

void Api::drain(Respond respond) const {
    control_.drain();
    respond(json_response({{"state", "draining"}}, 202));
}

void Api::reload(Respond respond) const {
    auto work = [respond = std::move(respond)](const std::vector<std::string>& errors) {
        if (errors.empty()) { return respond(json_response({{"reloaded", true}})); }
        respond(problem(422, "the configuration has errors; the old one stays in use", errors));
    };
    control_.reload(at_home(std::move(work)));
}

}  // namespace server::http
