#include "server/observe/metric.hpp"

#include <algorithm>
#include <cassert>

namespace server {

Series::Series(const Metric& metric, prometheus::MetricFamily& into) : metric_{metric}, into_{into} {}

prometheus::ClientMetric& Series::next(Values labels) {
    assert(labels.size() == metric_.labels.size());
    prometheus::ClientMetric& added = into_.metric.emplace_back();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        added.label.push_back({metric_.labels[i], std::move(labels[i])});
    }
    return added;
}

void Series::put(double value, Values labels) {
    prometheus::ClientMetric& added = next(std::move(labels));
    (metric_.type == prometheus::MetricType::Counter ? added.counter.value : added.gauge.value) = value;
}

void Series::put(prometheus::ClientMetric::Histogram histogram, Values labels) {
    next(std::move(labels)).histogram = std::move(histogram);
}

const std::vector<MetricSection>& metric_table() {
    static const std::vector<MetricSection> table = [] {
        std::vector<MetricSection> all;
        for (auto* const part :
             {&call_metrics, &sip_metrics, &media_metrics, &record_metrics, &http_metrics, &server_metrics}) {
            std::ranges::move(part(), std::back_inserter(all));
        }
        return all;
    }();
    return table;
}

}  // namespace server
