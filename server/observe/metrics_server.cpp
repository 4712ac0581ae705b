// Metrics of the server as a whole, and of its process.
#include "server/cli/version.hpp"
#include "server/observe/build.hpp"
#include "server/observe/metric.hpp"

namespace server {

using prometheus::MetricType;

namespace {

// All zero 64·T1 after the last call ended: what is not has been left behind.
void add_objects(const Scrape& of, Series& to) {
    std::size_t calls = 0;
    for (const std::size_t count : of.report.gauges.calls_by_state) { calls += count; }
    to.add(as_double(calls), "call");
    to.add(as_double(of.report.gauges.dialogs), "dialog");
    to.add(as_double(of.report.gauges.transactions), "transaction");
    to.add(as_double(of.report.media.sessions), "media_session");
    to.add(as_double(of.report.gauges.timers), "timer");
    to.add(as_double(of.report.media.ports_in_use), "port");
}

double seconds_of(std::chrono::system_clock::time_point time) {
    return std::chrono::duration<double>{time.time_since_epoch()}.count();
}

MetricSection server() {
    return {"Server",
            {{"holdfast_build_info",
              MetricType::Gauge,
              {"version", "commit"},
              "",
              "Always 1: the build that runs",
              [](const Scrape&, Series& to) { to.add(1, version, build_commit); }},
             {"holdfast_draining",
              MetricType::Gauge,
              {},
              "",
              "1 while calls in progress are waited for, to leave then",
              [](const Scrape& of, Series& to) { to.add(of.report.draining ? 1 : 0); }},
             {"holdfast_overload",
              MetricType::Gauge,
              {},
              "",
              "1 while new calls are refused: the server drains, or no media ports are left",
              [](const Scrape& of, Series& to) { to.add(of.report.draining || of.report.overloaded() ? 1 : 0); }},
             {"holdfast_objects_alive",
              MetricType::Gauge,
              {"kind"},
              "",
              "What the calls that are alive, or have just ended, hold",
              [](const Scrape& of, Series& to) { add_objects(of, to); }},
             {"holdfast_log_dropped_total",
              MetricType::Counter,
              {},
              "",
              "Log lines that were not written",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.log_dropped)); }}}};
}

MetricSection configuration() {
    return {"Configuration",
            {{"holdfast_config_last_reload_successful",
              MetricType::Gauge,
              {},
              "",
              "1 if the latest reload was taken, and before the first; 0 if it was refused and the one before it is in "
              "use",
              [](const Scrape& of, Series& to) { to.add(of.report.config.refused ? 0 : 1); }},
             {"holdfast_config_last_reload_success_timestamp_seconds",
              MetricType::Gauge,
              {},
              "seconds since the epoch",
              "When a configuration was taken last, at start or by reload",
              [](const Scrape& of, Series& to) { to.add(seconds_of(of.report.config.loaded)); }},
             {"holdfast_certificate_expiry_timestamp_seconds",
              MetricType::Gauge,
              {"certificate"},
              "seconds since the epoch",
              "When a certificate ends that the server shows: `sip.tls`",
              [](const Scrape& of, Series& to) { to.add_each(of.report.config.certificates); }}}};
}

MetricSection events() {
    return {"Live events",
            {{"holdfast_event_clients",
              MetricType::Gauge,
              {},
              "",
              "Who watches by `GET /api/v1/events`",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.events.clients)); }},
             {"holdfast_event_clients_too_slow_total",
              MetricType::Counter,
              {},
              "",
              "Who was sent away because events came faster than they were read",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.events.too_slow)); }},
             {"holdfast_events_dropped_total",
              MetricType::Counter,
              {},
              "",
              "Events that nobody was told of, because more came than the thread of HTTP could take",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.events.dropped)); }}}};
}

MetricSection process() {
    return {
        "Process",
        {{"process_cpu_seconds_total",
          MetricType::Counter,
          {},
          "seconds",
          "User and system CPU time",
          [](const Scrape& of, Series& to) { to.add(of.process.cpu_seconds); }},
         {"process_start_time_seconds",
          MetricType::Gauge,
          {},
          "seconds since the epoch",
          "Start",
          [](const Scrape& of, Series& to) { to.add(of.process.start_time_seconds); }},
         {"process_resident_memory_bytes",
          MetricType::Gauge,
          {},
          "bytes",
          "Resident memory",
          [](const Scrape& of, Series& to) { to.add(as_double(of.process.resident_bytes)); }},
         {"process_virtual_memory_bytes",
          MetricType::Gauge,
          {},
          "bytes",
          "Virtual memory",
          [](const Scrape& of, Series& to) { to.add(as_double(of.process.virtual_bytes)); }},
         {"process_open_fds",
          MetricType::Gauge,
          {},
          "",
          "Open file descriptors",
          [](const Scrape& of, Series& to) { to.add(as_double(of.process.open_fds)); }},
         {"process_max_fds", MetricType::Gauge, {}, "", "Limit of file descriptors", [](const Scrape& of, Series& to) {
              to.add(as_double(of.process.max_fds));
          }}}};
}

}  // namespace

std::vector<MetricSection> server_metrics() { return {server(), configuration(), events(), process()}; }

}  // namespace server
