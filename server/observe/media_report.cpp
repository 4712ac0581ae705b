#include "server/observe/media_report.hpp"

#include "media/io/epoll_engine.hpp"

namespace server {
namespace {

// Each place of `counts` is a value of `Label`.
template <class Label, class Counts, class Name>
std::map<std::string, std::uint64_t> named(const Counts& counts, Name name) {
    std::map<std::string, std::uint64_t> out;
    for (std::size_t i = 0; i < counts.size(); ++i) { out[std::string{name(static_cast<Label>(i))}] = counts[i]; }
    return out;
}

void add_streams(MediaReport& report, const media::StreamCounts& streams) {
    for (std::size_t kind = 0; kind < streams.size(); ++kind) {
        for (std::size_t profile = 0; profile < streams[kind].size(); ++profile) {
            report.streams[{std::string{media::label(static_cast<media::StreamKind>(kind))},
                            std::string{media::label(static_cast<media::StreamProfile>(profile))}}] =
                streams[kind][profile];
        }
    }
}

void add_transports(MediaReport& report, const media::EngineCounters& counters) {
    report.transports = named<media::IceState>(counters.transports, [](auto state) { return media::label(state); });
    report.ice_checks =
        named<media::IceResult>(counters.checks.results, [](auto result) { return media::label(result); });
    report.ice_checks["for_nobody"] = counters.checks.for_nobody;
    report.ice_checks["taken_place"] = counters.checks.from_taken_place;
    report.dtls_handshakes =
        named<media::DtlsFailure>(counters.handshakes, [](auto failure) { return media::outcome(failure); });
    report.tcp_connections = counters.connections.open;
    report.tcp_closed =
        named<media::ConnectionEnd>(counters.connections.ended, [](auto end) { return media::label(end); });
}

}  // namespace

MediaReport media_report(const media::EngineCounters& counters) {
    MediaReport report;
    report.packets_in = counters.packets_in;
    report.packets_out = counters.packets_out;
    for (const auto& [name, traffic] : counters.tallies.accounts.all()) { report.traffic.emplace(name, traffic); }
    report.transcoded[{"PCMU", "PCMA"}] = counters.tallies.transcoded[0];
    report.transcoded[{"PCMA", "PCMU"}] = counters.tallies.transcoded[1];
    report.forward = counters.forward;
    report.estimates = counters.tallies.estimates;
    report.music_active = counters.levels.music_legs;
    report.sessions = counters.sessions;
    report.ports_in_use = 2 * (counters.port_pairs - counters.free_port_pairs);
    report.ports_free = 2 * (counters.free_port_pairs - counters.resting_port_pairs);
    report.ports_resting = 2 * counters.resting_port_pairs;
    report.dropped = named<media::Drop>(counters.drops, [](auto drop) { return media::label(drop); });
    report.dropped.erase(std::string{media::label(media::Drop::none)});
    report.dropped["receive_buffer"] = counters.kernel_drops;
    report.dropped["send_failed"] = counters.send_failures;
    report.dropped["tcp_backlog"] = counters.connections.frames_dropped;
    add_streams(report, counters.levels.streams);
    add_transports(report, counters);
    return report;
}

}  // namespace server
