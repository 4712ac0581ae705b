#include "server/observe/metric_page.hpp"

#include <prometheus/text_serializer.h>

#include <limits>

namespace server {

using prometheus::MetricType;

MetricPage& MetricPage::family(const char* name, const char* help, MetricType type) {
    families_.push_back({name, help, type, {}});
    return *this;
}

prometheus::ClientMetric& MetricPage::add(Labels labels) {
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    for (const auto& [name, text] : labels) { metric.label.push_back({name, text}); }
    return metric;
}

void MetricPage::value(double value, Labels labels) {
    prometheus::ClientMetric& metric = add(labels);
    if (families_.back().type == MetricType::Counter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
}

void MetricPage::histogram(const Histogram& histogram, Labels labels) {
    prometheus::ClientMetric::Histogram& out = add(labels).histogram;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        below += histogram.counts[i];
        const bool last = i == Histogram::bounds.size();
        out.bucket.push_back({below, last ? std::numeric_limits<double>::infinity() : Histogram::bounds[i]});
    }
    out.sample_count = below;
    out.sample_sum = histogram.sum;
}

void MetricPage::counter(const char* name, const char* help, double count) {
    family(name, help, MetricType::Counter).value(count);
}

void MetricPage::gauge(const char* name, const char* help, double level) {
    family(name, help, MetricType::Gauge).value(level);
}

std::string MetricPage::text() const { return prometheus::TextSerializer{}.Serialize(families_); }

}  // namespace server
