#include "server/observe/report.hpp"

namespace server {

namespace {

template <class Counts>
void add_counts(Counts& sum, const Counts& other) {
    for (const auto& [key, count] : other) { sum[key] += count; }
}

void add_core(CoreCounters& sum, const CoreCounters& other) {
    add_counts(sum.calls_total, other.calls_total);
    add_counts(sum.renegotiations_total, other.renegotiations_total);
    add_counts(sum.healed, other.healed);
    add_counts(sum.offerless_answers, other.offerless_answers);
    add_counts(sum.far_refusals, other.far_refusals);
    add_counts(sum.offers_refused, other.offers_refused);
    add_counts(sum.requests_in, other.requests_in);
    add_counts(sum.requests_out, other.requests_out);
    add_counts(sum.responses_in, other.responses_in);
    add_counts(sum.responses_out, other.responses_out);
    add_counts(sum.parse_errors, other.parse_errors);
    add_counts(sum.transfers, other.transfers);
    sum.music_server_failures += other.music_server_failures;
    sum.retransmissions_in += other.retransmissions_in;
    sum.retransmissions_out += other.retransmissions_out;
    add_counts(sum.dropped, other.dropped);
    add_counts(sum.trunk_rejected, other.trunk_rejected);
    add_counts(sum.auth_failures, other.auth_failures);
    sum.call_setup += other.call_setup;
    sum.call_duration += other.call_duration;
    add_counts(sum.renegotiation, other.renegotiation);
    sum.music_start += other.music_start;
    add_counts(sum.quality, other.quality);
}

void add_gauges(CoreGauges& sum, const CoreGauges& other) {
    for (std::size_t i = 0; i < std::size(sum.calls_by_state); ++i) {
        sum.calls_by_state[i] += other.calls_by_state[i];
    }
    sum.holds += other.holds;
    sum.dialogs += other.dialogs;
    sum.transactions += other.transactions;
    sum.media_sessions += other.media_sessions;
    sum.one_way += other.one_way;
    sum.timers += other.timers;
    sum.registrations += other.registrations;
    add_counts(sum.trunk_legs, other.trunk_legs);
    sum.trunks.insert(other.trunks.begin(), other.trunks.end());
}

void add_sockets(sip::SocketCounters& sum, const sip::SocketCounters& other) {
    for (std::size_t i = 0; i < sum.drops.size(); ++i) { sum.drops[i] += other.drops[i]; }
    sum.datagrams_in += other.datagrams_in;
    sum.datagrams_out += other.datagrams_out;
    sum.connections += other.connections;
    for (std::size_t i = 0; i < sip::transport_count; ++i) { sum.by_transport[i] += other.by_transport[i]; }
}

void add_media(MediaReport& sum, const MediaReport& other) {
    sum.packets_in += other.packets_in;
    sum.packets_out += other.packets_out;
    add_counts(sum.traffic, other.traffic);
    add_counts(sum.transcoded, other.transcoded);
    sum.forward += other.forward;
    sum.estimates.passed += other.estimates.passed;
    sum.estimates.dropped += other.estimates.dropped;
    add_counts(sum.streams, other.streams);
    add_counts(sum.transports, other.transports);
    add_counts(sum.ice_checks, other.ice_checks);
    add_counts(sum.dtls_handshakes, other.dtls_handshakes);
    sum.music_active += other.music_active;
    sum.sessions += other.sessions;
    sum.ports_in_use += other.ports_in_use;
    sum.ports_free += other.ports_free;
    sum.ports_resting += other.ports_resting;
    add_counts(sum.dropped, other.dropped);
    sum.tcp_connections += other.tcp_connections;
    add_counts(sum.tcp_closed, other.tcp_closed);
}

}  // namespace

bool Report::overloaded() const {
    constexpr std::size_t ports_of_a_leg = 2;
    return media.ports_in_use > 0 && media.ports_free + media.ports_resting < ports_of_a_leg;
}

void Report::add(const Report& other) {
    add_core(core, other.core);
    add_gauges(gauges, other.gauges);
    add_sockets(sockets, other.sockets);
    add_media(media, other.media);
    handover_dropped += other.handover_dropped;
    log_dropped += other.log_dropped;
    draining = draining || other.draining;
}

}  // namespace server
