// A call detail record as it is stored: calendar times and durations in milliseconds, nothing of the live server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/b2bua/call_detail.hpp"
#include "server/state/moment.hpp"

namespace server::records {

struct LegRecord {
    std::string call_id;  // of its SIP dialog
    std::string trunk;    // empty: none
    std::string user;     // empty: none
    std::string transport;
    std::string remote;  // "192.0.2.1:5060"
    std::string uri;
    std::vector<std::string> codecs;  // of the audio
    std::string srtp;                 // the suite; empty: in the clear
    std::int64_t hold_ms = 0;         // while the other leg's peer held it
    std::int64_t music_ms = 0;
    std::int64_t packets_in = 0;
    std::int64_t packets_out = 0;
    std::int64_t lost = 0;
    std::optional<double> jitter_ms;  // none: it had no audio
    std::optional<double> rtt_ms;
    std::optional<double> mos;
    friend bool operator==(const LegRecord&, const LegRecord&) = default;
};

struct Record {
    std::string id;
    std::int64_t started = 0;  // since 1970
    std::optional<std::int64_t> answered;
    std::int64_t ended = 0;
    std::int64_t setup_ms = 0;     // until it was answered or given up
    std::int64_t duration_ms = 0;  // from then on
    std::string from;
    std::string to;
    std::string route;
    std::string outcome;
    int code = 0;
    std::string cause;
    std::string ended_by;
    std::int64_t renegotiations = 0;
    std::int64_t healed = 0;
    bool originated = false;  // by the operator: its outcome is that of whom it called first
    LegRecord a;
    std::optional<LegRecord> b;
    friend bool operator==(const Record&, const Record&) = default;
};

// Durations are those of the steady clock, whatever the calendar does meanwhile.
Record make_record(const CallDetail& detail, const state::Moment& now);

// What is looked for, the latest first; empty fields: any.
struct RecordQuery {
    static constexpr std::size_t max_limit = 1000;

    std::optional<std::int64_t> from;  // of the start, since 1970, from here on
    std::optional<std::int64_t> to;    // and before this
    std::string trunk;                 // of either leg
    std::string user;                  // of either leg
    std::string outcome;
    std::string number;   // stands in the caller's or in the dialled URI
    std::string call_id;  // of either leg's dialog
    std::size_t limit = 100;
    std::string after;  // page_mark() of the last one seen
};

// Where the next page begins.
std::string page_mark(const Record& record);

}  // namespace server::records
