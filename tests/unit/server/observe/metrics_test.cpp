#include "server/observe/metrics.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "media/io/epoll_engine.hpp"
#include "server/observe/config_state.hpp"
#include "server/observe/media_report.hpp"
#include "server/observe/metric.hpp"
#include "tests/support/places.hpp"

namespace server {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST(Metrics, HaveTheirPromisedNamesAndLabels) {
    Report report;
    report.gauges.calls_by_state[2] = 7;
    report.core.calls_total[{"in", "carrier", "answered"}] = 3;
    report.core.requests_in[{sip::Method::invite, sip::Transport::tcp}] = 5;
    report.core.responses_out[{sip::Method::bye, 200}] = 4;
    report.core.parse_errors[sip::ParseFault::start_line] = 2;
    report.core.trunk_rejected[{"carrier", "limit"}] = 6;
    report.core.renegotiations_total[{"a", "hold", "relayed"}] = 8;
    report.core.offerless_answers[{"b", "missing"}] = 11;
    report.gauges.holds = 12;
    report.sockets.count(sip::SocketDrop::write_queue);
    report.media.dropped["malformed"] = 9;
    report.media.tcp_connections = 17;
    report.media.tcp_closed["junk"] = 18;
    report.media.streams[{"video", "UDP/TLS/RTP/SAVPF"}] = 13;
    report.media.transports["connected"] = 14;
    report.media.ice_checks["answered"] = 15;
    report.media.dtls_handshakes["fingerprint"] = 16;
    report.media.estimates = {17, 18};
    report.media.traffic["carrier"] = {21, 22, 23, 24, 25};
    report.media.traffic[""].packets_in = 26;
    report.media.transcoded[{"PCMU", "PCMA"}] = 4000;
    report.media.ports_free = 27;
    report.media.ports_resting = 28;
    report.gauges.trunk_legs["carrier"] = 29;
    report.core.quality["carrier"].mos.observe(4.2);
    report.config.certificates["sip.tls"] = 1e9;
    report.store.is_up = false;
    report.log_dropped = 10;
    report.http.requests[{"GET", "/api/v1/calls/{id}", "404"}] = 31;
    report.http.refused["rate"] = 32;
    report.http.connections["admin"] = 33;
    report.http.seconds.observe(0.01);
    report.sockets.of(sip::Transport::ws) = 2;
    report.sockets.of(sip::Transport::wss) = 3;
    const std::string page = metrics_page(report, {});
    for (const char* line : {
             "holdfast_calls{state=\"up\"} 7\n",
             "holdfast_calls_total{direction=\"in\",trunk=\"carrier\",outcome=\"answered\"} 3\n",
             "holdfast_sip_requests_total{method=\"INVITE\",transport=\"tcp\",direction=\"in\"} 5\n",
             "holdfast_sip_responses_total{method=\"BYE\",code=\"200\",direction=\"out\"} 4\n",
             "holdfast_sip_parse_errors_total{reason=\"start_line\"} 2\n",
             "holdfast_trunk_rejected_total{trunk=\"carrier\",reason=\"limit\"} 6\n",
             "holdfast_renegotiations_total{leg=\"a\",kind=\"hold\",outcome=\"relayed\"} 8\n",
             "holdfast_offerless_answers_total{leg=\"b\",answer=\"missing\"} 11\n",
             "holdfast_holds_active 12\n",
             "holdfast_sip_dropped_total{reason=\"write_queue\"} 1\n",
             "holdfast_rtp_dropped_total{reason=\"malformed\"} 9\n",
             "holdfast_ice_tcp_connections 17\n",
             "holdfast_ice_tcp_closed_total{reason=\"junk\"} 18\n",
             "holdfast_sip_connections{transport=\"tcp\"} 0\n",
             "holdfast_sip_connections{transport=\"tls\"} 0\n",
             "holdfast_sip_connections{transport=\"ws\"} 2\n",
             "holdfast_sip_connections{transport=\"wss\"} 3\n",
             "holdfast_media_streams{kind=\"video\",profile=\"UDP/TLS/RTP/SAVPF\"} 13\n",
             "holdfast_ice_transports{state=\"connected\"} 14\n",
             "holdfast_ice_checks_total{result=\"answered\"} 15\n",
             "holdfast_dtls_handshakes_total{outcome=\"fingerprint\"} 16\n",
             "holdfast_rtcp_estimates_total{outcome=\"passed\"} 17\n",
             "holdfast_rtcp_estimates_total{outcome=\"dropped\"} 18\n",
             "holdfast_log_dropped_total 10\n",
             "holdfast_http_requests_total{method=\"GET\",route=\"/api/v1/calls/{id}\",status=\"404\"} 31\n",
             "holdfast_http_refused_total{reason=\"rate\"} 32\n",
             "holdfast_http_connections{listener=\"admin\"} 33\n",
             "holdfast_http_request_seconds_bucket{le=\"0.025\"} 1\n",
             "holdfast_rtp_packets_total{direction=\"in\",trunk=\"carrier\"} 21\n",
             "holdfast_rtp_packets_total{direction=\"out\",trunk=\"carrier\"} 22\n",
             "holdfast_rtp_bytes_total{direction=\"in\",trunk=\"carrier\"} 23\n",
             "holdfast_rtp_bytes_total{direction=\"out\",trunk=\"carrier\"} 24\n",
             "holdfast_rtp_lost_total{trunk=\"carrier\"} 25\n",
             "holdfast_rtp_packets_total{direction=\"in\",trunk=\"\"} 26\n",
             "holdfast_transcode_seconds_total{from=\"PCMU\",to=\"PCMA\"} 0.5\n",
             "holdfast_media_ports{state=\"used\"} 0\n",
             "holdfast_media_ports{state=\"free\"} 27\n",
             "holdfast_media_ports{state=\"resting\"} 28\n",
             "holdfast_trunk_calls{trunk=\"carrier\"} 29\n",
             "holdfast_rtp_mos_bucket{trunk=\"carrier\",le=\"4.03\"} 0\n",
             "holdfast_rtp_mos_bucket{trunk=\"carrier\",le=\"4.34\"} 1\n",
             "holdfast_certificate_expiry_timestamp_seconds{certificate=\"sip.tls\"} 1000000000\n",
             "holdfast_state_store_up 0\n",
             "holdfast_config_last_reload_successful 1\n",
             "holdfast_draining 0\n",
             "# TYPE holdfast_media_forward_seconds histogram\n",
             "# TYPE holdfast_call_setup_seconds histogram\n",
         }) {
        EXPECT_THAT(page, HasSubstr(line));
    }
    EXPECT_THAT(page, HasSubstr("holdfast_build_info{version=\""));
}

TEST(Metrics, ShowWhatIsAliveByKind) {
    Report one;
    one.gauges.calls_by_state[0] = 1;
    one.gauges.calls_by_state[3] = 2;
    one.gauges.dialogs = 3;
    one.gauges.transactions = 4;
    one.gauges.timers = 5;
    one.media.sessions = 6;
    one.media.ports_in_use = 7;
    Report both = one;
    both.add(one);
    const std::string page = metrics_page(both, {});
    for (const char* line : {
             "holdfast_objects_alive{kind=\"call\"} 6\n",
             "holdfast_objects_alive{kind=\"dialog\"} 6\n",
             "holdfast_objects_alive{kind=\"transaction\"} 8\n",
             "holdfast_objects_alive{kind=\"timer\"} 10\n",
             "holdfast_objects_alive{kind=\"media_session\"} 12\n",
             "holdfast_objects_alive{kind=\"port\"} 14\n",
         }) {
        EXPECT_THAT(page, HasSubstr(line));
    }
}

TEST(Metrics, CountHistogramsCumulatively) {
    Report report;
    report.core.call_setup.observe(milliseconds{2});
    report.core.call_setup.observe(milliseconds{30});
    report.core.call_setup.observe(std::chrono::minutes{5});
    const std::string page = metrics_page(report, {});
    EXPECT_THAT(page, HasSubstr("holdfast_call_setup_seconds_bucket{le=\"0.01\"} 1\n"));
    EXPECT_THAT(page, HasSubstr("holdfast_call_setup_seconds_bucket{le=\"0.025\"} 1\n"));
    EXPECT_THAT(page, HasSubstr("holdfast_call_setup_seconds_bucket{le=\"0.05\"} 2\n"));
    EXPECT_THAT(page, HasSubstr("holdfast_call_setup_seconds_bucket{le=\"+Inf\"} 3\n"));
    EXPECT_THAT(page, HasSubstr("holdfast_call_setup_seconds_count 3\n"));
}

TEST(Report, AddsUpWhatShardsCounted) {
    Report one;
    one.core.dropped["stray_ack"] = 1;
    one.gauges.transactions = 2;
    one.media.packets_in = 10;
    one.media.tcp_connections = 1;
    one.media.tcp_closed["junk"] = 2;
    one.media.streams[{"audio", "RTP/AVP"}] = 3;
    one.media.transports["checking"] = 4;
    one.media.ice_checks["answered"] = 5;
    one.media.dtls_handshakes["completed"] = 6;
    one.core.call_setup.observe(milliseconds{1});
    one.core.quality["carrier"].jitter.observe(milliseconds{3});
    one.media.traffic["carrier"].lost = 7;
    one.gauges.trunk_legs["carrier"] = 8;
    Report sum = one;
    Report two = one;
    two.core.dropped["other"] = 4;
    two.draining = true;
    sum.add(two);
    EXPECT_EQ(sum.core.dropped, (std::map<std::string, std::uint64_t>{{"other", 4}, {"stray_ack", 2}}));
    EXPECT_EQ(sum.gauges.transactions, 4u);
    EXPECT_EQ(sum.media.packets_in, 20u);
    EXPECT_EQ(sum.media.tcp_connections, 2u);
    EXPECT_EQ(sum.media.tcp_closed["junk"], 4u);
    EXPECT_EQ((sum.media.streams[{"audio", "RTP/AVP"}]), 6u);
    EXPECT_EQ(sum.media.transports["checking"], 8u);
    EXPECT_EQ(sum.media.ice_checks["answered"], 10u);
    EXPECT_EQ(sum.media.dtls_handshakes["completed"], 12u);
    EXPECT_EQ(sum.core.call_setup.counts[0], 2u);
    EXPECT_EQ(sum.core.quality["carrier"].jitter.counts[3], 2u);
    EXPECT_EQ(sum.media.traffic["carrier"].lost, 14u);
    EXPECT_EQ(sum.gauges.trunk_legs["carrier"], 16u);
    EXPECT_TRUE(sum.draining);
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(MetricsReference, IsWhatTheDocumentationHolds) {
    EXPECT_EQ(content_of(support::source_dir() / "docs/metrics.md"), metrics_reference())
        << "holdfast metrics-reference > docs/metrics.md";
}

TEST(MetricTable, NamesEachMetricOnceAndSaysWhatItMeans) {
    std::set<std::string> names;
    for (const MetricSection& section : metric_table()) {
        for (const Metric& metric : section.metrics) {
            EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
            EXPECT_STRNE(metric.meaning, "") << metric.name;
            const bool counts = metric.type == prometheus::MetricType::Counter;
            EXPECT_EQ(std::string_view{metric.name}.ends_with("_total"), counts) << metric.name;
        }
    }
    EXPECT_GT(names.size(), 40u);
}

TEST(ConfigState, RemembersTheLatestReloadAndTheLatestThatWasTaken) {
    ConfigState state{"holdfast.yaml"};
    using Time = ConfigState::Time;
    state.taken(Time{std::chrono::seconds{100}}, {{"sip.tls", 5}});
    state.refused(Time{std::chrono::seconds{150}}, {"x", "y"});
    ASSERT_TRUE(state.report().refused);
    EXPECT_EQ(state.report().refused->at, Time{std::chrono::seconds{150}});
    EXPECT_EQ(state.report().refused->errors, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(state.report().file, "holdfast.yaml");
    EXPECT_EQ(state.report().loaded, Time{std::chrono::seconds{100}});
    EXPECT_EQ(state.report().certificates.at("sip.tls"), 5);
    state.taken(Time{std::chrono::seconds{200}}, {});
    EXPECT_FALSE(state.report().refused);
    EXPECT_EQ(state.report().loaded, Time{std::chrono::seconds{200}});
}

TEST(ConfigState, KeepsTheFirstOfManyErrors) {
    ConfigState state{""};
    state.refused({}, std::vector<std::string>(ConfigState::max_errors, "x"));
    EXPECT_EQ(state.report().refused->errors.size(), ConfigState::max_errors);
    state.refused({}, std::vector<std::string>(ConfigState::max_errors + 1, "x"));
    EXPECT_EQ(state.report().refused->errors.size(), ConfigState::max_errors);
}

TEST(Report, IsOfAnOverloadedServerOnceNoPairOfPortsIsLeft) {
    Report report;
    EXPECT_FALSE(report.overloaded()) << "nobody has asked for a port";
    report.media.ports_in_use = 4;
    report.media.ports_free = 1;
    report.media.ports_resting = 1;
    EXPECT_FALSE(report.overloaded());
    report.media.ports_resting = 0;
    EXPECT_TRUE(report.overloaded());
}

TEST(MediaReport, NamesWhatAnEngineCounted) {
    media::EngineCounters counters;
    counters.levels.streams[static_cast<std::size_t>(media::StreamKind::video)]
                           [static_cast<std::size_t>(media::StreamProfile::browser)] = 1;
    counters.transports[static_cast<std::size_t>(media::IceState::disconnected)] = 2;
    counters.checks.results[static_cast<std::size_t>(media::IceResult::role_conflict)] = 3;
    counters.checks.for_nobody = 4;
    counters.checks.from_taken_place = 5;
    counters.handshakes[static_cast<std::size_t>(media::DtlsFailure::none)] = 6;
    counters.drops[static_cast<std::size_t>(media::Drop::stun)] = 7;
    counters.connections.open = 8;
    counters.connections.ended[static_cast<std::size_t>(media::ConnectionEnd::unproven)] = 9;
    counters.connections.frames_dropped = 11;
    counters.port_pairs = 10;
    counters.free_port_pairs = 9;
    counters.resting_port_pairs = 4;
    counters.tallies.accounts.of("carrier").lost = 12;
    counters.tallies.note_transcoded(media::Codec::pcma, 160);
    const MediaReport report = media_report(counters);
    EXPECT_EQ((report.streams.at({"video", "UDP/TLS/RTP/SAVPF"})), 1u);
    EXPECT_EQ((report.streams.at({"audio", "RTP/AVP"})), 0u) << "a series begins at zero";
    EXPECT_EQ(report.transports.at("disconnected"), 2u);
    EXPECT_EQ(report.ice_checks.at("role_conflict"), 3u);
    EXPECT_EQ(report.ice_checks.at("for_nobody"), 4u);
    EXPECT_EQ(report.ice_checks.at("taken_place"), 5u);
    EXPECT_EQ(report.dtls_handshakes.at("completed"), 6u);
    EXPECT_EQ(report.dropped.at("stun"), 7u);
    EXPECT_EQ(report.tcp_connections, 8u);
    EXPECT_EQ(report.tcp_closed.at("unproven"), 9u);
    EXPECT_EQ(report.dropped.at("tcp_backlog"), 11u);
    EXPECT_FALSE(report.dropped.contains("none"));
    EXPECT_EQ(report.ports_in_use, 2u);
    EXPECT_EQ(report.ports_free, 10u);
    EXPECT_EQ(report.ports_resting, 8u);
    EXPECT_EQ(report.traffic.at("carrier").lost, 12u);
    EXPECT_EQ((report.transcoded.at({"PCMA", "PCMU"})), 160u);
    EXPECT_EQ((report.transcoded.at({"PCMU", "PCMA"})), 0u);
}

TEST(Process, KnowsItself) {
    const ProcessFacts facts = read_process_facts();
    EXPECT_GT(facts.resident_bytes, 1024u * 1024u);
    EXPECT_GT(facts.virtual_bytes, facts.resident_bytes);
    EXPECT_GE(facts.open_fds, 3u);
}

double now_seconds() {
    return std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count();
}

const double just_started = now_seconds();  // nearly: before main()

TEST(Process, KnowsWhenItStarted) {
    const double start = read_process_facts().start_time_seconds;
    EXPECT_NEAR(start, just_started, 2.0);
    EXPECT_EQ(read_process_facts().start_time_seconds, start) << "it starts once, whatever the clocks say";
}

TEST(Process, CountsItsOpenDescriptors) {
    const auto before = read_process_facts().open_fds;
    std::vector<int> held;
    for (int i = 0; i < 50; ++i) { held.push_back(dup(STDOUT_FILENO)); }
    EXPECT_EQ(read_process_facts().open_fds, before + held.size());
    for (const int descriptor : held) { close(descriptor); }
    EXPECT_EQ(read_process_facts().open_fds, before);
}

}  // namespace
}  // namespace server
