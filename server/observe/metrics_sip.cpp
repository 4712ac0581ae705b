// Metrics of signalling: messages, connections, users.
#include "server/observe/metric.hpp"
#include "sip/io/socket_counters.hpp"
#include "sip/message/method.hpp"
#include "sip/message/parser.hpp"
#include "sip/transport.hpp"

namespace server {

using prometheus::MetricType;

namespace {

using ByTransport = std::map<std::pair<sip::Method, sip::Transport>, std::uint64_t>;
using ByStatus = std::map<std::pair<sip::Method, int>, std::uint64_t>;

void add_requests(Series& to, const ByTransport& counts, const char* direction) {
    for (const auto& [key, count] : counts) {
        to.add(as_double(count), sip::to_text(key.first), sip::to_text(key.second), direction);
    }
}

void add_responses(Series& to, const ByStatus& counts, const char* direction) {
    for (const auto& [key, count] : counts) {
        to.add(as_double(count), sip::to_text(key.first), std::to_string(key.second), direction);
    }
}

void add_dropped(const Report& report, Series& to) {
    for (std::size_t i = 0; i < report.sockets.drops.size(); ++i) {
        to.add(as_double(report.sockets.drops[i]), sip::to_text(static_cast<sip::SocketDrop>(i)));
    }
    to.add_each(report.core.dropped);
    to.add(as_double(report.handover_dropped), "shard_queue");
}

MetricSection messages() {
    return {"SIP messages",
            {{"holdfast_sip_requests_total",
              MetricType::Counter,
              {"method", "transport", "direction"},
              "",
              "SIP requests, `in` or `out`",
              [](const Scrape& of, Series& to) {
                  add_requests(to, of.report.core.requests_in, "in");
                  add_requests(to, of.report.core.requests_out, "out");
              }},
             {"holdfast_sip_responses_total",
              MetricType::Counter,
              {"method", "code", "direction"},
              "",
              "SIP responses, `in` or `out`",
              [](const Scrape& of, Series& to) {
                  add_responses(to, of.report.core.responses_in, "in");
                  add_responses(to, of.report.core.responses_out, "out");
              }},
             {"holdfast_sip_retransmissions_total",
              MetricType::Counter,
              {"direction"},
              "",
              "Messages that came or were sent again",
              [](const Scrape& of, Series& to) {
                  to.add(as_double(of.report.core.retransmissions_in), "in");
                  to.add(as_double(of.report.core.retransmissions_out), "out");
              }},
             {"holdfast_sip_parse_errors_total",
              MetricType::Counter,
              {"reason"},
              "",
              "Messages that could not be read",
              [](const Scrape& of, Series& to) {
                  for (const auto& [fault, count] : of.report.core.parse_errors) {
                      to.add(as_double(count), sip::to_text(fault));
                  }
              }},
             {"holdfast_sip_dropped_total",
              MetricType::Counter,
              {"reason"},
              "",
              "Messages and connections given up",
              [](const Scrape& of, Series& to) { add_dropped(of.report, to); }}}};
}

MetricSection connections() {
    using sip::Transport;
    return {"SIP connections and transactions",
            {{"holdfast_sip_connections",
              MetricType::Gauge,
              {"transport"},
              "",
              "Open connections",
              [](const Scrape& of, Series& to) {
                  for (const auto transport : {Transport::tcp, Transport::tls, Transport::ws, Transport::wss}) {
                      to.add(as_double(of.report.sockets.of(transport)), sip::to_text(transport));
                  }
              }},
             {"holdfast_sip_transactions",
              MetricType::Gauge,
              {},
              "",
              "Transactions that are alive",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.gauges.transactions)); }}}};
}

MetricSection users() {
    return {"Users",
            {{"holdfast_registrations",
              MetricType::Gauge,
              {},
              "",
              "Bindings of users",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.gauges.registrations)); }},
             {"holdfast_auth_failures_total",
              MetricType::Counter,
              {"reason"},
              "",
              "Credentials of users that proved nothing",
              [](const Scrape& of, Series& to) {
                  for (const auto& [reason, count] : of.report.core.auth_failures) { to.add(as_double(count), reason); }
              }},
             {"holdfast_state_store_up",
              MetricType::Gauge,
              {},
              "",
              "1 while registrations can be written down, 0 while that fails; none where nothing is to be kept",
              [](const Scrape& of, Series& to) {
                  if (of.report.store.is_up) { to.add(*of.report.store.is_up ? 1 : 0); }
              }},
             {"holdfast_registrar_store_failures_total",
              MetricType::Counter,
              {},
              "",
              "Attempts to write registrations that failed",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.store.write_failures)); }},
             {"holdfast_registrar_store_dropped_total",
              MetricType::Counter,
              {},
              "",
              "Changes of a user's registrations that were not written",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.store.dropped)); }}}};
}

}  // namespace

std::vector<MetricSection> sip_metrics() { return {messages(), connections(), users()}; }

}  // namespace server
