// What an engine counted, by the names of the metrics.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "media/io/forward_time.hpp"
#include "media/traffic.hpp"

namespace media {
struct EngineCounters;
}

namespace server {

struct MediaReport {
    std::uint64_t packets_in = 0;  // datagrams of all kinds
    std::uint64_t packets_out = 0;
    std::map<std::string, media::TrafficCounters> traffic;                    // trunk; empty: of users
    std::map<std::pair<std::string, std::string>, std::uint64_t> transcoded;  // from, to: samples of 8 kHz
    media::ForwardTimes forward;
    media::EstimateCounters estimates;                                     // REMB
    std::map<std::pair<std::string, std::string>, std::uint64_t> streams;  // kind, profile
    std::map<std::string, std::uint64_t> transports;                       // state
    std::map<std::string, std::uint64_t> ice_checks;                       // result
    std::map<std::string, std::uint64_t> dtls_handshakes;                  // outcome
    std::size_t music_active = 0;                                          // legs that hear music now
    std::size_t sessions = 0;      // open in the engine, whatever the core knows of them
    std::size_t ports_in_use = 0;  // RTP and RTCP
    std::size_t ports_free = 0;    // and rested
    std::size_t ports_resting = 0;
    std::map<std::string, std::uint64_t> dropped;     // reason
    std::size_t tcp_connections = 0;                  // of browsers
    std::map<std::string, std::uint64_t> tcp_closed;  // reason
};

MediaReport media_report(const media::EngineCounters& counters);

}  // namespace server
