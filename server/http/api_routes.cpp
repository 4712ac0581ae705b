// Every path that is answered, by which method and how. What is added here has to stand in openapi.mjs as well.
#include "server/http/api.hpp"

namespace server::http {

std::span<const Route> Api::routes() {
    using Part = Route::Part;
    static constexpr Route table[] = {
        {"GET", "/healthz", Part::probe, &Api::show_health},
        {"GET", "/readyz", Part::probe, &Api::show_readiness},
        {"GET", "/metrics", Part::metrics, &Api::show_metrics},
        {"GET", "/openapi.json", Part::api, &Api::show_description},
        {"GET", "/", Part::console, &Api::show_console},
        {"GET", "/console/{file}", Part::console, &Api::show_console},
        {"GET", "/phone", Part::phone, &Api::show_phone},
        {"GET", "/phone/{file}", Part::phone, &Api::show_phone},
        {"GET", "/api/v1/status", Part::api, &Api::show_status},
        {"POST", "/api/v1/drain", Part::api, &Api::drain},
        {"POST", "/api/v1/reload", Part::api, &Api::reload},
        {"GET", "/api/v1/log", Part::api, &Api::show_log_level},
        {"PUT", "/api/v1/log", Part::api, &Api::set_log_level},
        {"GET", "/api/v1/calls", Part::api, &Api::list_calls},
        {"POST", "/api/v1/calls", Part::api, &Api::originate},
        {"GET", "/api/v1/calls/{id}", Part::api, &Api::show_call},
        {"DELETE", "/api/v1/calls/{id}", Part::api, &Api::end_call},
        {"GET", "/api/v1/calls/{id}/ladder", Part::api, &Api::show_ladder},
        {"GET", "/api/v1/calls/{id}/pcap", Part::api, &Api::show_pcap},
        {"GET", "/api/v1/calls/{id}/timeline", Part::api, &Api::show_timeline},
        {"POST", "/api/v1/calls/{id}/legs/{leg}/{order}", Part::api, &Api::order},
        {"GET", "/api/v1/events", Part::api, &Api::watch_events},
        {"GET", "/api/v1/trunks", Part::api, &Api::list_trunks},
        {"GET", "/api/v1/registrations", Part::api, &Api::list_registrations},
        {"GET", "/api/v1/cdrs", Part::api, &Api::list_records},
        {"GET", "/api/v1/cdrs/{id}", Part::api, &Api::show_record},
    };
    return table;
}

}  // namespace server::http
