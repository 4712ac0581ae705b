// Metrics of media: what flows, how well it is heard, browsers' transports.
#include "server/observe/metric.hpp"

namespace server {

using prometheus::MetricType;

namespace {

constexpr double sample_rate = 8000;

using Both = std::uint64_t media::TrafficCounters::*;

void add_traffic(const Scrape& of, Series& to, Both in, Both out) {
    for (const auto& [trunk, traffic] : of.report.media.traffic) {
        to.add(as_double(traffic.*in), "in", trunk);
        to.add(as_double(traffic.*out), "out", trunk);
    }
}

MetricSection traffic() {
    using media::TrafficCounters;
    return {"Media",
            {{"holdfast_media_streams",
              MetricType::Gauge,
              {"kind", "profile"},
              "",
              "Legs with media",
              [](const Scrape& of, Series& to) { to.add_each(of.report.media.streams); }},
             {"holdfast_media_ports",
              MetricType::Gauge,
              {"state"},
              "",
              "Ports of `media.ports`: `used`, `free`, `resting` (free, and within `media.quarantine`)",
              [](const Scrape& of, Series& to) {
                  to.add(as_double(of.report.media.ports_in_use), "used");
                  to.add(as_double(of.report.media.ports_free), "free");
                  to.add(as_double(of.report.media.ports_resting), "resting");
              }},
             {"holdfast_rtp_packets_total",
              MetricType::Counter,
              {"direction", "trunk"},
              "",
              "RTP packets of legs, in agreed formats",
              [](const Scrape& of, Series& to) {
                  add_traffic(of, to, &TrafficCounters::packets_in, &TrafficCounters::packets_out);
              }},
             {"holdfast_rtp_bytes_total",
              MetricType::Counter,
              {"direction", "trunk"},
              "bytes",
              "What these took, with RTP headers",
              [](const Scrape& of, Series& to) {
                  add_traffic(of, to, &TrafficCounters::bytes_in, &TrafficCounters::bytes_out);
              }},
             {"holdfast_rtp_lost_total",
              MetricType::Counter,
              {"trunk"},
              "",
              "RTP packets that peers sent and that never came; known within seconds",
              [](const Scrape& of, Series& to) {
                  for (const auto& [trunk, traffic] : of.report.media.traffic) {
                      to.add(as_double(traffic.lost), trunk);
                  }
              }},
             {"holdfast_rtp_dropped_total",
              MetricType::Counter,
              {"reason"},
              "",
              "Media packets that went no further",
              [](const Scrape& of, Series& to) { to.add_each(of.report.media.dropped); }},
             {"holdfast_media_datagrams_total",
              MetricType::Counter,
              {"direction"},
              "",
              "Datagrams of media ports, whatever is in them",
              [](const Scrape& of, Series& to) {
                  to.add(as_double(of.report.media.packets_in), "in");
                  to.add(as_double(of.report.media.packets_out), "out");
              }},
             {"holdfast_media_forward_seconds",
              MetricType::Histogram,
              {},
              "seconds",
              "Packet in to packet out, from the kernel's stamp on its arrival: one packet of each read is timed",
              [](const Scrape& of, Series& to) { to.add(of.report.media.forward); }},
             {"holdfast_transcode_seconds_total",
              MetricType::Counter,
              {"from", "to"},
              "seconds",
              "Sound that was transcoded",
              [](const Scrape& of, Series& to) {
                  for (const auto& [codecs, samples] : of.report.media.transcoded) {
                      to.add(as_double(samples) / sample_rate, codecs.first, codecs.second);
                  }
              }},
             {"holdfast_rtcp_estimates_total",
              MetricType::Counter,
              {"outcome"},
              "",
              "Estimates of bandwidth (REMB) that viewers of a picture sent",
              [](const Scrape& of, Series& to) {
                  to.add(as_double(of.report.media.estimates.passed), "passed");
                  to.add(as_double(of.report.media.estimates.dropped), "dropped");
              }}}};
}

MetricSection quality() {
    return {
        "Media quality",
        {{"holdfast_rtp_jitter_seconds",
          MetricType::Histogram,
          {"trunk"},
          "seconds",
          "Jitter of what peers send (RFC 3550 §6.4.1): one observation a leg every 5 seconds or more",
          [](const Scrape& of, Series& to) {
              for (const auto& [trunk, heard] : of.report.core.quality) { to.add(heard.jitter, trunk); }
          }},
         {"holdfast_rtp_round_trip_seconds",
          MetricType::Histogram,
          {"trunk"},
          "seconds",
          "Round trip to peers that send RTCP: one observation a leg every 5 seconds or more",
          [](const Scrape& of, Series& to) {
              for (const auto& [trunk, heard] : of.report.core.quality) { to.add(heard.round_trip, trunk); }
          }},
         {"holdfast_media_one_way_calls",
          MetricType::Gauge,
          {},
          "",
          "Calls of which one peer is heard, and of the other, which is to send and does not hold, nothing has come "
          "for 10 seconds",
          [](const Scrape& of, Series& to) { to.add(as_double(of.report.gauges.one_way)); }},
         {"holdfast_rtp_mos",
          MetricType::Histogram,
          {"trunk"},
          "1 to 4.5",
          "How peers are heard: mean opinion score by the E-model (ITU-T G.107) from codec, loss and delay; one "
          "observation a leg every 5 seconds or more",
          [](const Scrape& of, Series& to) {
              for (const auto& [trunk, heard] : of.report.core.quality) { to.add(heard.mos, trunk); }
          }}}};
}

MetricSection browsers() {
    return {"Transports of browsers",
            {{"holdfast_ice_transports",
              MetricType::Gauge,
              {"state"},
              "",
              "Transports of browsers",
              [](const Scrape& of, Series& to) { to.add_each(of.report.media.transports); }},
             {"holdfast_ice_checks_total",
              MetricType::Counter,
              {"result"},
              "",
              "Connectivity checks of browsers",
              [](const Scrape& of, Series& to) { to.add_each(of.report.media.ice_checks); }},
             {"holdfast_ice_tcp_connections",
              MetricType::Gauge,
              {},
              "",
              "Open connections for media of browsers",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.media.tcp_connections)); }},
             {"holdfast_ice_tcp_closed_total",
              MetricType::Counter,
              {"reason"},
              "",
              "Connections for media that ended or were refused",
              [](const Scrape& of, Series& to) { to.add_each(of.report.media.tcp_closed); }},
             {"holdfast_dtls_handshakes_total",
              MetricType::Counter,
              {"outcome"},
              "",
              "DTLS-SRTP handshakes that ended",
              [](const Scrape& of, Series& to) { to.add_each(of.report.media.dtls_handshakes); }}}};
}

}  // namespace

std::vector<MetricSection> media_metrics() { return {traffic(), quality(), browsers()}; }

}  // namespace server
