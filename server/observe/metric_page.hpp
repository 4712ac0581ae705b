// Collects metric families in the order in which they are first named, for prometheus-cpp's text serializer.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "server/b2bua/counters.hpp"

namespace server {

class MetricPage {
public:
    using Labels = std::initializer_list<std::pair<const char*, std::string>>;

    // A family without a value yet is left out of the text, as Prometheus wants it.
    MetricPage& family(const char* name, const char* help, prometheus::MetricType type);
    // Into the family named last.
    void value(double value, Labels labels = {});
    void histogram(const Histogram& histogram, Labels labels = {});

    void counter(const char* name, const char* help, double value);
    void gauge(const char* name, const char* help, double value);
    std::string text() const;

private:
    prometheus::ClientMetric& add(Labels labels);
    std::vector<prometheus::MetricFamily> families_;
};

}  // namespace server
