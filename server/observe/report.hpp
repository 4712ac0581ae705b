// What the shards have to tell, copied out of each on its own thread and added up: the source of /metrics and status.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/b2bua/call_view.hpp"
#include "server/b2bua/core.hpp"
#include "sip/io/socket_counters.hpp"

namespace server {

struct MediaReport {
    std::uint64_t packets_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t lost = 0;
    std::uint64_t estimates_passed = 0;  // REMB
    std::uint64_t estimates_dropped = 0;
    std::map<std::pair<std::string, std::string>, std::uint64_t> streams;  // kind, profile
    std::map<std::string, std::uint64_t> transports;                       // state
    std::map<std::string, std::uint64_t> ice_checks;                       // result
    std::map<std::string, std::uint64_t> dtls_handshakes;                  // outcome
    std::size_t music_active = 0;                                          // legs that hear music now
    std::size_t sessions = 0;                         // open in the engine, whatever the core knows of them
    std::size_t ports_in_use = 0;                     // RTP and RTCP
    std::map<std::string, std::uint64_t> dropped;     // reason
    std::size_t tcp_connections = 0;                  // of browsers
    std::map<std::string, std::uint64_t> tcp_closed;  // reason
};

// Registrations on their way to the disk.
struct StoreReport {
    std::uint64_t write_failures = 0;  // attempts, each tried again
    std::uint64_t dropped = 0;         // changes of a user that found no place to wait
};

struct Report {
    CoreCounters core;
    CoreGauges gauges;
    sip::SocketCounters sockets;
    MediaReport media;
    std::uint64_t handover_dropped = 0;  // messages for another shard whose queue was full
    std::uint64_t log_dropped = 0;       // lines; of the program, no shard tells it
    StoreReport store;                   // the same
    bool draining = false;

    void add(const Report& other);
};

// The calls of all shards, as each gave them.
using CallLists = std::vector<std::vector<CallView>>;

}  // namespace server
