// Metrics of calls: set-up, trunks, renegotiation, holds, transfers.
#include <array>

#include "server/observe/metric.hpp"

namespace server {

using prometheus::MetricType;

namespace {

constexpr std::array call_states{"routing", "ringing", "up", "ending"};

MetricSection calls() {
    return {
        "Calls",
        {{"holdfast_calls",
          MetricType::Gauge,
          {"state"},
          "",
          "Calls that are alive: `routing`, `ringing`, `up`, `ending`",
          [](const Scrape& of, Series& to) {
              for (std::size_t i = 0; i < call_states.size(); ++i) {
                  to.add(as_double(of.report.gauges.calls_by_state[i]), call_states[i]);
              }
          }},
         {"holdfast_calls_total",
          MetricType::Counter,
          {"direction", "trunk", "outcome"},
          "",
          "Calls whose set-up ended, once for the leg of the caller (`in`) and once for that of the callee (`out`): "
          "`answered`, `busy`, `cancelled`, `no_answer`, `refused`, `failed`",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.calls_total); }},
         {"holdfast_call_setup_seconds",
          MetricType::Histogram,
          {},
          "seconds",
          "INVITE read to first 18x or 2xx sent: the post-dial delay",
          [](const Scrape& of, Series& to) { to.add(of.report.core.call_setup); }},
         {"holdfast_call_duration_seconds",
          MetricType::Histogram,
          {},
          "seconds",
          "Answer to end",
          [](const Scrape& of, Series& to) { to.add(of.report.core.call_duration); }}}};
}

MetricSection trunks() {
    return {
        "Trunks",
        {{"holdfast_trunk_calls",
          MetricType::Gauge,
          {"trunk"},
          "",
          "Legs of calls that are alive on the trunk; a call that comes in and leaves on the same one has two",
          [](const Scrape& of, Series& to) { to.add_each(of.report.gauges.trunk_legs); }},
         {"holdfast_trunk_up",
          MetricType::Gauge,
          {"trunk"},
          "",
          "1 while a peer of the trunk answers `options_ping`, 0 while none does; absent where none is asked or none "
          "has answered yet",
          [](const Scrape& of, Series& to) {
              for (const auto& [trunk, state] : of.report.gauges.trunks) {
                  if (state != TrunkHealth::State::unknown) { to.add(state == TrunkHealth::State::up ? 1 : 0, trunk); }
              }
          }},
         {"holdfast_trunk_rejected_total",
          MetricType::Counter,
          {"trunk", "reason"},
          "",
          "Calls refused for a trunk",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.trunk_rejected); }}}};
}

MetricSection changes() {
    return {
        "Renegotiation",
        {{"holdfast_renegotiations_total",
          MetricType::Counter,
          {"leg", "kind", "outcome"},
          "",
          "Changes of the session that a leg asked for. Kinds: `refresh`, `hold`, `resume`, `codec`, `video`, "
          "`offerless`, `transport`; outcomes: `relayed`, `healed`, `local`, `refused`, `glare`, `timeout`, `failed`",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.renegotiations_total); }},
         {"holdfast_renegotiation_seconds",
          MetricType::Histogram,
          {"kind"},
          "seconds",
          "Request read to its final answer",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.renegotiation); }},
         {"holdfast_renegotiation_healed_total",
          MetricType::Counter,
          {"by", "cause"},
          "",
          "Changes of the session done from here because the far leg would not",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.healed); }},
         {"holdfast_renegotiation_far_refusals_total",
          MetricType::Counter,
          {"trunk", "kind", "code"},
          "",
          "Changes of the session that a trunk refused",
          [](const Scrape& of, Series& to) {
              for (const auto& [key, count] : of.report.core.far_refusals) {
                  const auto& [trunk, kind, status] = key;
                  to.add(as_double(count), trunk, kind, std::to_string(status));
              }
          }},
         {"holdfast_sdp_refused_total",
          MetricType::Counter,
          {"trunk", "rule"},
          "",
          "Offers and answers that broke a rule",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.offers_refused); }},
         {"holdfast_offerless_answers_total",
          MetricType::Counter,
          {"leg", "answer"},
          "",
          "Answers in the ACK to an INVITE that left the offer to us: a direction, `missing` or `bad`",
          [](const Scrape& of, Series& to) { to.add_each(of.report.core.offerless_answers); }}}};
}

MetricSection holds() {
    return {"Hold and transfer",
            {{"holdfast_holds_active",
              MetricType::Gauge,
              {},
              "",
              "Legs whose peer holds",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.gauges.holds)); }},
             {"holdfast_hold_music_active",
              MetricType::Gauge,
              {},
              "",
              "Legs that hear music",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.media.music_active)); }},
             {"holdfast_hold_music_start_seconds",
              MetricType::Histogram,
              {},
              "seconds",
              "Request read to first packet of music",
              [](const Scrape& of, Series& to) { to.add(of.report.core.music_start); }},
             {"holdfast_hold_music_server_failures_total",
              MetricType::Counter,
              {},
              "",
              "Music servers that did not play",
              [](const Scrape& of, Series& to) { to.add(as_double(of.report.core.music_server_failures)); }},
             {"holdfast_transfers_total",
              MetricType::Counter,
              {"kind", "outcome"},
              "",
              "Transfers that a peer asked for: `blind`, `attended`",
              [](const Scrape& of, Series& to) { to.add_each(of.report.core.transfers); }}}};
}

}  // namespace

std::vector<MetricSection> call_metrics() { return {calls(), trunks(), changes(), holds()}; }

}  // namespace server
