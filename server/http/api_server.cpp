// The server itself: whether it is well, its metrics and pages, its log, drain and reload; trunks; who is registered.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "server/http/api.hpp"
#include "server/http/assets.hpp"
#include "server/http/console.hpp"
#include "server/http/json.hpp"
#include "server/http/phone.hpp"
#include "server/observe/log_line.hpp"
#include "server/observe/metrics.hpp"

namespace server::http {

namespace {

namespace json = boost::json;

constexpr std::size_t max_registrations = 10'000;  // in one answer

Response log_response(config::LogLevel level) { return json_response({{"level", to_text(level)}}); }

// {"level": "debug"} and nothing else.
std::optional<config::LogLevel> read_level(std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse(json::string_view{body.data(), body.size()}, error);
    const auto* const object = error ? nullptr : value.if_object();
    const auto* const level = object && object->size() == 1 ? object->if_contains("level") : nullptr;
    const auto* const text = level ? level->if_string() : nullptr;
    return text ? parse_log_level({text->data(), text->size()}) : std::nullopt;
}

std::string file_of(const Asked& asked) { return asked.named.empty() ? std::string{} : asked.named[0]; }

}  // namespace

void Api::show_health(const Asked&, Respond respond) const { respond(json_response({{"status", "ok"}})); }

void Api::show_readiness(const Asked&, Respond respond) const {
    if (control_.draining()) { return respond(problem(503, "draining")); }
    auto work = [respond = std::move(respond)](const Report& report) {
        respond(report.overloaded() ? problem(503, "no media ports are left") : json_response({{"status", "ready"}}));
    };
    control_.report(at_home(std::move(work)));
}

void Api::show_description(const Asked& asked, Respond respond) const {
    respond(asset_response(openapi_assets(), "openapi.json", asked.request, "default-src 'none'"));
}

void Api::show_console(const Asked& asked, Respond respond) const {
    respond(console_page(file_of(asked), asked.request));
}

void Api::show_phone(const Asked& asked, Respond respond) const {
    respond(phone_page(file_of(asked), asked.request, control_.facts()));
}

void Api::show_metrics(const Asked&, Respond respond) const {
    auto work = [respond = std::move(respond)](const Report& report) {
        respond({200, metrics_page(report, read_process_facts()), metrics_content_type, {}});
    };
    control_.report(at_home(std::move(work)));
}

void Api::show_status(const Asked&, Respond respond) const {
    auto work = [respond = std::move(respond), facts = control_.facts()](const Report& report) {
        respond(json_response(to_json(report, facts, WallClock::now())));
    };
    control_.report(at_home(std::move(work)));
}

void Api::drain(const Asked&, Respond respond) const {
    control_.drain();
    respond(json_response({{"state", "draining"}}, 202));
}

void Api::reload(const Asked&, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::vector<std::string>& errors) {
        if (errors.empty()) { return respond(json_response({{"reloaded", true}})); }
        respond(problem(422, "the configuration has errors; the old one stays in use", errors));
    };
    control_.reload(at_home(std::move(work)));
}

void Api::show_log_level(const Asked&, Respond respond) const { respond(log_response(control_.log_level())); }

void Api::set_log_level(const Asked& asked, Respond respond) const {
    const auto level = read_level(asked.request.body);
    if (!level) {
        return respond(problem(400, "expected a JSON object with level: trace, debug, info, warn or error"));
    }
    control_.set_log_level(*level);
    respond(log_response(*level));
}

void Api::list_trunks(const Asked&, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::vector<TrunkView>& views) {
        const WallClock clock = WallClock::now();
        json::array list;
        for (const TrunkView& view : views) { list.emplace_back(to_json(view, clock)); }
        respond(json_response({{"trunks", std::move(list)}}));
    };
    control_.trunks(at_home(std::move(work)));
}

void Api::list_registrations(const Asked&, Respond respond) const {
    auto work = [respond = std::move(respond)](const std::vector<RegistrationView>& views) {
        const WallClock clock = WallClock::now();
        json::array list;
        for (const RegistrationView& view : views) { list.emplace_back(to_json(view, clock)); }
        respond(json_response({{"registrations", std::move(list)}}));
    };
    control_.registrations(max_registrations, at_home(std::move(work)));
}

}  // namespace server::http
