// What a core counts. Plain numbers of one shard, read by copying on the shard's own thread; server/observe adds the
// shards up and names them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "base/time.hpp"
#include "sip/message/method.hpp"
#include "sip/message/parser.hpp"
#include "sip/transport.hpp"

namespace server {

// Cumulative counts per upper bound in seconds; the last is +Inf.
struct Histogram {
    static constexpr std::array<double, 12> bounds{0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 120};
    std::array<std::uint64_t, bounds.size() + 1> counts{};  // not cumulative: each value in one bucket
    double sum = 0;

    void observe(base::Duration value) {
        const double seconds = std::chrono::duration<double>(value).count();
        std::size_t bucket = 0;
        while (bucket < bounds.size() && seconds > bounds[bucket]) { ++bucket; }
        ++counts[bucket];
        sum += seconds;
    }
};

struct CoreCounters {
    using Count = std::uint64_t;
    // direction ("in" from a trunk, "out" to one), trunk, outcome: answered busy cancelled no_answer refused failed
    std::map<std::tuple<std::string, std::string, std::string>, Count> calls_total;
    // leg, kind, outcome: see interface of holdfast_renegotiations_total
    std::map<std::tuple<std::string, std::string, std::string>, Count> renegotiations_total;
    std::map<std::pair<std::string, std::string>, Count> healed;              // by, cause
    std::map<std::pair<std::string, std::string>, Count> offerless_answers;   // leg, answer: a direction, missing, bad
    std::map<std::pair<std::string, std::string>, Count> offers_refused;      // trunk, rule: descriptions not taken
    std::map<std::tuple<std::string, std::string, int>, Count> far_refusals;  // trunk, kind, status
    std::map<std::pair<sip::Method, sip::Transport>, Count> requests_in;
    std::map<std::pair<sip::Method, sip::Transport>, Count> requests_out;
    std::map<std::pair<sip::Method, int>, Count> responses_in;
    std::map<std::pair<sip::Method, int>, Count> responses_out;
    std::map<sip::ParseFault, Count> parse_errors;
    std::map<std::pair<std::string, std::string>, Count> transfers;  // kind: blind attended; outcome
    Count music_server_failures = 0;
    Count retransmissions_in = 0;
    Count retransmissions_out = 0;
    std::map<std::string, Count> dropped;                                 // reason
    std::map<std::pair<std::string, std::string>, Count> trunk_rejected;  // trunk, reason
    std::map<std::string, Count, std::less<>> auth_failures;              // reason: proofs that were none
    Histogram call_setup;                                                 // INVITE in → first 18x or 2xx out
    Histogram call_duration;
    std::map<std::string, Histogram> renegotiation;  // kind
    Histogram music_start;                           // request read → first music packet
};

}  // namespace server
