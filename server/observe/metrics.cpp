#include "server/observe/metrics.hpp"

#include <array>
#include <utility>

#include "server/cli/version.hpp"
#include "server/observe/build.hpp"
#include "server/observe/metric_page.hpp"

namespace server {

using prometheus::MetricType;

namespace {

constexpr std::array<const char*, 4> call_states{"routing", "ringing", "up", "ending"};

double as_double(std::uint64_t count) { return static_cast<double>(count); }
std::string text(std::string_view view) { return std::string{view}; }

void add_calls(MetricPage& page, const Report& report) {
    page.family("holdfast_calls", "Calls that are alive", MetricType::Gauge);
    for (std::size_t i = 0; i < call_states.size(); ++i) {
        page.value(as_double(report.gauges.calls_by_state[i]), {{"state", call_states[i]}});
    }
    page.family("holdfast_calls_total", "Calls that ended or were refused", MetricType::Counter);
    for (const auto& [key, count] : report.core.calls_total) {
        const auto& [direction, trunk, outcome] = key;
        page.value(as_double(count), {{"direction", direction}, {"trunk", trunk}, {"outcome", outcome}});
    }
    page.family("holdfast_call_setup_seconds", "INVITE read to first 18x or 2xx sent", MetricType::Histogram)
        .histogram(report.core.call_setup);
    page.family("holdfast_call_duration_seconds", "Answer to end", MetricType::Histogram)
        .histogram(report.core.call_duration);
    page.family("holdfast_trunk_rejected_total", "Calls refused for a trunk", MetricType::Counter);
    for (const auto& [key, count] : report.core.trunk_rejected) {
        page.value(as_double(count), {{"trunk", key.first}, {"reason", key.second}});
    }
}

void add_users(MetricPage& page, const Report& report) {
    page.gauge("holdfast_registrations", "Bindings of users", as_double(report.gauges.registrations));
    page.family("holdfast_auth_failures_total", "Credentials of users that proved nothing", MetricType::Counter);
    for (const auto& [reason, count] : report.core.auth_failures) {
        page.value(as_double(count), {{"reason", reason}});
    }
}

void add_store(MetricPage& page, const StoreReport& store) {
    page.counter("holdfast_registrar_store_failures_total", "Attempts to write registrations that failed",
                 as_double(store.write_failures));
    page.counter("holdfast_registrar_store_dropped_total", "Changes of a user's registrations that were not written",
                 as_double(store.dropped));
}

void add_renegotiations(MetricPage& page, const Report& report) {
    page.family("holdfast_renegotiations_total", "Session changes asked for by a leg", MetricType::Counter);
    for (const auto& [key, count] : report.core.renegotiations_total) {
        const auto& [leg, kind, outcome] = key;
        page.value(as_double(count), {{"leg", leg}, {"kind", kind}, {"outcome", outcome}});
    }
    page.family("holdfast_renegotiation_seconds", "Request read to its final answer", MetricType::Histogram);
    for (const auto& [kind, histogram] : report.core.renegotiation) { page.histogram(histogram, {{"kind", kind}}); }
    page.family("holdfast_renegotiation_healed_total", "Session changes done from here because the far leg would not",
                MetricType::Counter);
    for (const auto& [key, count] : report.core.healed) {
        page.value(as_double(count), {{"by", key.first}, {"cause", key.second}});
    }
    page.family("holdfast_renegotiation_far_refusals_total", "Session changes that a trunk refused",
                MetricType::Counter);
    for (const auto& [key, count] : report.core.far_refusals) {
        const auto& [trunk, kind, status] = key;
        page.value(as_double(count), {{"trunk", trunk}, {"kind", kind}, {"code", std::to_string(status)}});
    }
    page.family("holdfast_sdp_refused_total", "Offers and answers that broke a rule", MetricType::Counter);
    for (const auto& [key, count] : report.core.offers_refused) {
        page.value(as_double(count), {{"trunk", key.first}, {"rule", key.second}});
    }
    page.family("holdfast_offerless_answers_total", "Answers in the ACK to an INVITE that left the offer to us",
                MetricType::Counter);
    for (const auto& [key, count] : report.core.offerless_answers) {
        page.value(as_double(count), {{"leg", key.first}, {"answer", key.second}});
    }
    page.gauge("holdfast_holds_active", "Legs whose peer holds", as_double(report.gauges.holds));
    page.gauge("holdfast_hold_music_active", "Legs that hear music", as_double(report.media.music_active));
    page.family("holdfast_transfers_total", "Transfers that a peer asked for", MetricType::Counter);
    for (const auto& [key, count] : report.core.transfers) {
        page.value(as_double(count), {{"kind", key.first}, {"outcome", key.second}});
    }
    page.family("holdfast_hold_music_server_failures_total", "Music servers that did not play", MetricType::Counter)
        .value(as_double(report.core.music_server_failures), {});
    page.family("holdfast_hold_music_start_seconds", "Request read to first music packet", MetricType::Histogram)
        .histogram(report.core.music_start);
}

void add_sip(MetricPage& page, const Report& report) {
    page.family("holdfast_sip_requests_total", "SIP requests", MetricType::Counter);
    const auto requests = [&page](const auto& counts, const char* direction) {
        for (const auto& [key, count] : counts) {
            page.value(as_double(count), {{"method", text(sip::to_text(key.first))},
                                          {"transport", text(sip::to_text(key.second))},
                                          {"direction", direction}});
        }
    };
    requests(report.core.requests_in, "in");
    requests(report.core.requests_out, "out");
    page.family("holdfast_sip_responses_total", "SIP responses", MetricType::Counter);
    const auto responses = [&page](const auto& counts, const char* direction) {
        for (const auto& [key, count] : counts) {
            page.value(as_double(count), {{"method", text(sip::to_text(key.first))},
                                          {"code", std::to_string(key.second)},
                                          {"direction", direction}});
        }
    };
    responses(report.core.responses_in, "in");
    responses(report.core.responses_out, "out");
    page.family("holdfast_sip_retransmissions_total", "Messages that came or were sent again", MetricType::Counter);
    page.value(as_double(report.core.retransmissions_in), {{"direction", "in"}});
    page.value(as_double(report.core.retransmissions_out), {{"direction", "out"}});
    page.family("holdfast_sip_parse_errors_total", "Messages that could not be read", MetricType::Counter);
    for (const auto& [fault, count] : report.core.parse_errors) {
        page.value(as_double(count), {{"reason", text(sip::to_text(fault))}});
    }
}

void add_sockets(MetricPage& page, const Report& report) {
    page.family("holdfast_sip_connections", "Open connections", MetricType::Gauge);
    for (const auto transport : {sip::Transport::tcp, sip::Transport::tls, sip::Transport::ws, sip::Transport::wss}) {
        page.value(as_double(report.sockets.of(transport)), {{"transport", text(sip::to_text(transport))}});
    }
    page.gauge("holdfast_sip_transactions", "Transactions that are alive", as_double(report.gauges.transactions));
    page.family("holdfast_sip_dropped_total", "Messages and connections given up", MetricType::Counter);
    for (std::size_t i = 0; i < report.sockets.drops.size(); ++i) {
        page.value(as_double(report.sockets.drops[i]), {{"reason", text(to_text(static_cast<sip::SocketDrop>(i)))}});
    }
    for (const auto& [reason, count] : report.core.dropped) { page.value(as_double(count), {{"reason", reason}}); }
    page.value(as_double(report.handover_dropped), {{"reason", "shard_queue"}});
}

void add_transports(MetricPage& page, const MediaReport& media) {
    page.family("holdfast_ice_transports", "Transports of browsers", MetricType::Gauge);
    for (const auto& [state, count] : media.transports) { page.value(as_double(count), {{"state", state}}); }
    page.family("holdfast_ice_checks_total", "Connectivity checks of browsers", MetricType::Counter);
    for (const auto& [result, count] : media.ice_checks) { page.value(as_double(count), {{"result", result}}); }
    page.gauge("holdfast_ice_tcp_connections", "Open connections for media of browsers",
               as_double(media.tcp_connections));
    page.family("holdfast_ice_tcp_closed_total", "Connections for media that ended or were refused",
                MetricType::Counter);
    for (const auto& [reason, count] : media.tcp_closed) { page.value(as_double(count), {{"reason", reason}}); }
    page.family("holdfast_dtls_handshakes_total", "DTLS-SRTP handshakes that ended", MetricType::Counter);
    for (const auto& [outcome, count] : media.dtls_handshakes) { page.value(as_double(count), {{"outcome", outcome}}); }
}

void add_media(MetricPage& page, const MediaReport& media) {
    page.family("holdfast_media_streams", "Legs with media", MetricType::Gauge);
    for (const auto& [key, count] : media.streams) {
        page.value(as_double(count), {{"kind", key.first}, {"profile", key.second}});
    }
    add_transports(page, media);
    page.family("holdfast_rtp_packets_total", "RTP packets", MetricType::Counter);
    page.value(as_double(media.packets_in), {{"direction", "in"}});
    page.value(as_double(media.packets_out), {{"direction", "out"}});
    page.family("holdfast_rtp_bytes_total", "RTP bytes", MetricType::Counter);
    page.value(as_double(media.bytes_in), {{"direction", "in"}});
    page.value(as_double(media.bytes_out), {{"direction", "out"}});
    page.counter("holdfast_rtp_lost_total", "RTP packets that peers sent and that never came", as_double(media.lost));
    page.family("holdfast_rtcp_estimates_total", "Estimates of bandwidth (REMB) that viewers of a picture sent",
                MetricType::Counter);
    page.value(as_double(media.estimates_passed), {{"outcome", "passed"}});
    page.value(as_double(media.estimates_dropped), {{"outcome", "dropped"}});
    page.family("holdfast_rtp_dropped_total", "Media packets that went no further", MetricType::Counter);
    for (const auto& [reason, count] : media.dropped) { page.value(as_double(count), {{"reason", reason}}); }
}

// All zero 64·T1 after the last call ended: what is not has been left behind.
void add_objects(MetricPage& page, const Report& report) {
    std::size_t calls = 0;
    for (const std::size_t count : report.gauges.calls_by_state) { calls += count; }
    page.family("holdfast_objects_alive", "What the calls that are alive, or have just ended, hold", MetricType::Gauge);
    const std::pair<const char*, std::size_t> kinds[] = {{"call", calls},
                                                         {"dialog", report.gauges.dialogs},
                                                         {"transaction", report.gauges.transactions},
                                                         {"media_session", report.media.sessions},
                                                         {"timer", report.gauges.timers},
                                                         {"port", report.media.ports_in_use}};
    for (const auto& [kind, count] : kinds) { page.value(as_double(count), {{"kind", kind}}); }
}

void add_process(MetricPage& page, const ProcessFacts& process) {
    page.counter("process_cpu_seconds_total", "User and system CPU time", process.cpu_seconds);
    page.gauge("process_start_time_seconds", "Start, since the epoch", process.start_time_seconds);
    page.gauge("process_resident_memory_bytes", "Resident memory", as_double(process.resident_bytes));
    page.gauge("process_virtual_memory_bytes", "Virtual memory", as_double(process.virtual_bytes));
    page.gauge("process_open_fds", "Open file descriptors", as_double(process.open_fds));
    page.gauge("process_max_fds", "Limit of file descriptors", as_double(process.max_fds));
}

}  // namespace

std::string metrics_page(const Report& report, const ProcessFacts& process) {
    MetricPage page;
    page.family("holdfast_build_info", "The build that runs", MetricType::Gauge)
        .value(1, {{"version", text(version)}, {"commit", text(build_commit)}});
    page.gauge("holdfast_overload", "1 while new calls are refused", report.draining ? 1 : 0);
    add_calls(page, report);
    add_users(page, report);
    add_store(page, report.store);
    add_renegotiations(page, report);
    add_sip(page, report);
    add_sockets(page, report);
    add_media(page, report.media);
    add_objects(page, report);
    page.counter("holdfast_log_dropped_total", "Log lines that were not written", as_double(report.log_dropped));
    add_process(page, process);
    return page.text();
}

}  // namespace server
