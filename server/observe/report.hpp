// What the shards have to tell, copied out of each on its own thread and added up: the source of /metrics and status.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/b2bua/call_view.hpp"
#include "server/b2bua/core.hpp"
#include "server/observe/event_inbox.hpp"
#include "server/observe/hep_report.hpp"
#include "server/observe/http_report.hpp"
#include "server/observe/media_report.hpp"
#include "server/records/record_report.hpp"
#include "sip/io/socket_counters.hpp"

namespace server {

// Registrations on their way to the disk.
struct StoreReport {
    std::uint64_t write_failures = 0;  // attempts, each tried again
    std::uint64_t dropped = 0;         // changes of a user that found no place to wait
    std::optional<bool> is_up{};       // can it be written? nullopt: none is wanted
};

struct RefusedReload {
    std::chrono::system_clock::time_point at;
    std::vector<std::string> errors;
};

// What the configuration last said, and brought.
struct ConfigReport {
    std::string file;                              // empty: none, the environment at most
    std::chrono::system_clock::time_point loaded;  // when one was taken last; the start is one
    std::optional<RefusedReload> refused{};        // the latest reload; nullopt: it was taken, or there was none
    std::map<std::string, double> certificates;    // name → end of its time, since the epoch
};

struct Report {
    CoreCounters core;
    CoreGauges gauges;
    sip::SocketCounters sockets;
    MediaReport media;
    std::uint64_t handover_dropped = 0;  // messages for another shard whose queue was full
    std::uint64_t log_dropped = 0;       // lines; of the program, no shard tells it
    StoreReport store;                   // the same
    ConfigReport config;                 // the same
    RecordReport records;                // the same
    EventReport events;                  // the same
    HttpReport http;                     // the same
    HepReport hep;                       // the same
    bool draining = false;

    // New calls are turned away, though the server does not drain: no ports are left for their media.
    bool overloaded() const;
    void add(const Report& other);
};

// Calls of all shards, as these gave them.
using CallLists = std::vector<std::vector<CallView>>;
using BriefLists = std::vector<CallBriefs>;

}  // namespace server
