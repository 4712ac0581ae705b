#include "server/observe/metrics.hpp"

#include <prometheus/text_serializer.h>

#include "server/observe/metric.hpp"

namespace server {

namespace {

constexpr std::string_view introduction = R"(# Metrics

Made by `holdfast metrics-reference`; do not edit by hand.

`GET /metrics` on `metrics.listen` (with `metrics.listen: same` on `admin.listen`) answers in the text format of Prometheus. Units
are base units. The values of labels come from configuration and from the protocols, never from what a caller can choose: `trunk`
is the name of a trunk, and empty for users and for addresses that the configuration does not name. Counters and histograms begin
at zero with each start.

To be scraped takes the server the same few hundred microseconds with thousands of calls up as with none; no call waits for it.
)";

const char* to_text(prometheus::MetricType type) {
    switch (type) {
        case prometheus::MetricType::Counter:
            return "counter";
        case prometheus::MetricType::Histogram:
            return "histogram";
        default:
            return "gauge";
    }
}

std::string row_of(const Metric& metric) {
    std::string labels;
    for (const char* label : metric.labels) { ((labels += labels.empty() ? "`" : ", `") += label) += '`'; }
    return std::string{"| `"} + metric.name + "` | " + to_text(metric.type) + " | " + labels + " | " + metric.unit +
           " | " + metric.meaning + " |\n";
}

}  // namespace

// A metric without a value yet is left out, as Prometheus wants it.
std::string metrics_page(const Report& report, const ProcessFacts& process) {
    std::vector<prometheus::MetricFamily> families;
    for (const MetricSection& section : metric_table()) {
        for (const Metric& metric : section.metrics) {
            prometheus::MetricFamily& family =
                families.emplace_back(prometheus::MetricFamily{metric.name, metric.meaning, metric.type, {}});
            Series series{metric, family};
            metric.fill({report, process}, series);
        }
    }
    return prometheus::TextSerializer{}.Serialize(families);
}

std::string metrics_reference() {
    std::string page{introduction};
    for (const MetricSection& section : metric_table()) {
        page += std::string{"\n## "} + section.title +
                "\n\n| metric | type | labels | unit | meaning |\n|---|---|---|---|---|\n";
        for (const Metric& metric : section.metrics) { page += row_of(metric); }
    }
    return page;
}

}  // namespace server
