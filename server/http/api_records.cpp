// Records of calls that have ended: GET /api/v1/cdrs, GET /api/v1/cdrs/{id}.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "server/http/api.hpp"
#include "server/http/json.hpp"
#include "server/http/time_text.hpp"

namespace server::http {
namespace {

namespace json = boost::json;

// Empty `error` if all is well.
records::RecordQuery parse_query(const Target& target, std::string& error) {
    records::RecordQuery query;
    const auto time = [&](const std::string& name, const std::string& value) {
        const auto parsed = parse_time(value);
        if (!parsed) { error = name + ": expected a time such as 2026-11-29T08:30:00Z"; }
        return parsed;
    };
    for (const auto& [name, value] : target.query) {
        if (name == "from") {
            query.from = time(name, value);
        } else if (name == "to") {
            query.to = time(name, value);
        } else if (name == "trunk") {
            query.trunk = value;
        } else if (name == "user") {
            query.user = value;
        } else if (name == "outcome") {
            query.outcome = value;
        } else if (name == "number") {
            query.number = value;
        } else if (name == "call") {
            query.call_id = value;
        } else if (name == "after") {
            const auto dash = value.find('-');
            const bool fits = dash != value.npos && base::parse_number<std::int64_t>(value.substr(0, dash));
            if (!fits) { error = "after: expected what `next` of the page before says"; }
            query.after = value;
        } else if (name == "limit") {
            const auto limit = base::parse_number<std::size_t>(value);
            const bool fits = limit && *limit != 0 && *limit <= records::RecordQuery::max_limit;
            if (!fits) { error = "limit: expected a number from 1 to 1000"; }
            query.limit = limit.value_or(query.limit);
        } else {
            error = "unknown parameter; known are from, to, trunk, user, outcome, number, call, limit, after";
        }
    }
    return query;
}

Response unavailable(const std::string& why) {
    return problem(503, why.empty() ? "no records are kept: cdr.store is none" : why);
}

}  // namespace

void Api::list_records(const Asked& asked, Respond respond) const {
    std::string error;
    const records::RecordQuery query = parse_query(asked.target, error);
    if (!error.empty()) { return respond(problem(400, error)); }
    auto work = [limit = query.limit, respond = std::move(respond)](const FoundRecords& found) {
        if (!found || !found->error.empty()) { return respond(unavailable(found ? found->error : "")); }
        json::array list;
        for (const records::Record& record : found->records) { list.emplace_back(to_json(record)); }
        json::object body{{"cdrs", std::move(list)}};
        if (found->records.size() == limit) { body["next"] = page_mark(found->records.back()); }
        respond(json_response(std::move(body)));
    };
    control_.records(query, at_home(std::move(work)));
}

void Api::show_record(const Asked& asked, Respond respond) const {
    auto work = [respond = std::move(respond)](const FoundRecords& found) {
        if (!found || !found->error.empty()) { return respond(unavailable(found ? found->error : "")); }
        if (found->records.empty()) { return respond(problem(404, "no record of such a call")); }
        respond(json_response(to_json(found->records.front())));
    };
    control_.record(asked.named[0], at_home(std::move(work)));
}

}  // namespace server::http
