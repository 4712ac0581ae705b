// Metrics of the HTTP API and pages.
#include "server/observe/metric.hpp"

namespace server {

using prometheus::MetricType;

std::vector<MetricSection> http_metrics() {
    return {{"HTTP",
             {{"holdfast_http_requests_total",
               MetricType::Counter,
               {"method", "route", "status"},
               "",
               "Requests that were answered; `route` as in `/openapi.json`, `none` where there is none",
               [](const Scrape& of, Series& to) { to.add_each(of.report.http.requests); }},
              {"holdfast_http_request_seconds",
               MetricType::Histogram,
               {},
               "seconds",
               "From a request that was read to its answer that was written",
               [](const Scrape& of, Series& to) { to.add(of.report.http.seconds); }},
              {"holdfast_http_connections",
               MetricType::Gauge,
               {"listener"},
               "",
               "Open connections, `admin` or `metrics`",
               [](const Scrape& of, Series& to) { to.add_each(of.report.http.connections); }},
              {"holdfast_http_refused_total",
               MetricType::Counter,
               {"reason"},
               "",
               "Requests and connections turned away: without or with a wrong token, too many, too big, too slow",
               [](const Scrape& of, Series& to) { to.add_each(of.report.http.refused); }}}}};
}

}  // namespace server
