// One metric: what it is called, what it means, and where its values are. The page that Prometheus reads and the
// reference that people read are both made of such rows, so that they cannot differ.
#pragma once

#include <prometheus/metric_family.h>

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "server/observe/process.hpp"
#include "server/observe/report.hpp"

namespace server {

// What one scrape shows.
struct Scrape {
    const Report& report;
    const ProcessFacts& process;
};

struct Metric;

// Takes the values of one metric, each with its labels in the order in which the metric names them.
class Series {
public:
    Series(const Metric& metric, prometheus::MetricFamily& into);

    template <class... Labels>
    void add(double value, const Labels&... labels) {
        put(value, {std::string{std::string_view{labels}}...});
    }
    template <const auto& bounds, class... Labels>
    void add(const base::Histogram<bounds>& histogram, const Labels&... labels) {
        prometheus::ClientMetric::Histogram out;
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
            below += histogram.counts[i];
            out.bucket.push_back({below, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity()});
        }
        out.sample_count = below;
        out.sample_sum = histogram.sum;
        put(std::move(out), {std::string{std::string_view{labels}}...});
    }
    // Any of these by text, or by several.
    template <class Value>
    void add_each(const std::map<std::string, Value>& values) {
        for (const auto& [label, value] : values) { add_one(value, label); }
    }
    template <class Value>
    void add_each(const std::map<std::pair<std::string, std::string>, Value>& values) {
        for (const auto& [labels, value] : values) { add_one(value, labels.first, labels.second); }
    }
    template <class Value>
    void add_each(const std::map<std::tuple<std::string, std::string, std::string>, Value>& values) {
        for (const auto& [labels, value] : values) {
            add_one(value, std::get<0>(labels), std::get<1>(labels), std::get<2>(labels));
        }
    }

private:
    using Values = std::vector<std::string>;
    template <const auto& bounds, class... Labels>
    void add_one(const base::Histogram<bounds>& histogram, const Labels&... labels) {
        add(histogram, labels...);
    }
    template <class Number, class... Labels>
    void add_one(const Number& number, const Labels&... labels) {
        add(static_cast<double>(number), labels...);
    }
    void put(double value, Values labels);
    void put(prometheus::ClientMetric::Histogram histogram, Values labels);
    prometheus::ClientMetric& next(Values labels);

    const Metric& metric_;
    prometheus::MetricFamily& into_;
};

struct Metric {
    const char* name;
    prometheus::MetricType type;
    std::vector<const char*> labels;
    const char* unit;  // empty: a number of things
    const char* meaning;
    void (*fill)(const Scrape& of, Series& to);
};

struct MetricSection {
    const char* title;
    std::vector<Metric> metrics;
};

// In the order in which they are shown.
const std::vector<MetricSection>& metric_table();

inline double as_double(std::uint64_t count) { return static_cast<double>(count); }

// Parts of the table.
std::vector<MetricSection> call_metrics();    // metrics_calls.cpp
std::vector<MetricSection> sip_metrics();     // metrics_sip.cpp
std::vector<MetricSection> media_metrics();   // metrics_media.cpp
std::vector<MetricSection> record_metrics();  // metrics_records.cpp
std::vector<MetricSection> http_metrics();    // metrics_http.cpp
std::vector<MetricSection> server_metrics();  // metrics_server.cpp

}  // namespace server
