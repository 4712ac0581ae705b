// Metrics of what is told to others: records of calls that ended, copies for Homer.
#include "server/observe/metric.hpp"

namespace server {

using prometheus::MetricType;

std::vector<MetricSection> record_metrics() {
    return {{"Records of calls",
             {{"holdfast_cdr_store_up",
               MetricType::Gauge,
               {},
               "",
               "1 while the database takes records, 0 while they wait for it; absent where none are kept",
               [](const Scrape& of, Series& to) {
                   if (of.report.records.wanted) { to.add(of.report.records.up ? 1 : 0); }
               }},
              {"holdfast_cdr_written_total",
               MetricType::Counter,
               {},
               "",
               "Records that the database took",
               [](const Scrape& of, Series& to) { to.add(as_double(of.report.records.written)); }},
              {"holdfast_cdr_waiting",
               MetricType::Gauge,
               {},
               "",
               "Records in memory that are yet to be written",
               [](const Scrape& of, Series& to) { to.add(as_double(of.report.records.waiting)); }},
              {"holdfast_cdr_spooled",
               MetricType::Gauge,
               {},
               "",
               "Records on the disk that wait for the database to come back",
               [](const Scrape& of, Series& to) { to.add(as_double(of.report.records.spooled)); }},
              {"holdfast_cdr_write_failures_total",
               MetricType::Counter,
               {},
               "",
               "Attempts to connect to the database or to write to it that failed; each is tried again",
               [](const Scrape& of, Series& to) { to.add(as_double(of.report.records.write_failures)); }},
              {"holdfast_cdr_dropped_total",
               MetricType::Counter,
               {"reason"},
               "",
               "Records that the database has not: `queue_full`, lost; `refused`, set aside in `cdr.spool.refused`",
               [](const Scrape& of, Series& to) { to.add_each(of.report.records.dropped); }}}},
            {"Copies for Homer",
             {{"holdfast_hep_packets_total",
               MetricType::Counter,
               {"outcome"},
               "",
               "HEP packets: `sent`; `dropped`, the queue was full; `failed`, the target is not to be found or the "
               "network did not take them",
               [](const Scrape& of, Series& to) {
                   to.add(as_double(of.report.hep.sent), "sent");
                   to.add(as_double(of.report.hep.dropped), "dropped");
                   to.add(as_double(of.report.hep.failed), "failed");
               }}}}};
}

}  // namespace server
