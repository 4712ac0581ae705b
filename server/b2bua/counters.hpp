// What a core counts. Plain numbers of one shard, read by copying on the shard's own thread; server/observe adds the
// shards up and names them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "base/histogram.hpp"
#include "sip/message/method.hpp"
#include "sip/message/parser.hpp"
#include "sip/transport.hpp"

namespace server {

// Upper bounds in seconds, each where what is measured lies.
inline constexpr std::array setup_bounds{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0};
inline constexpr std::array duration_bounds{1.0,   5.0,    10.0,   30.0,   60.0,   120.0,  300.0,
                                            600.0, 1200.0, 1800.0, 3600.0, 7200.0, 14400.0};
inline constexpr std::array change_bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 6.0, 10.0};
inline constexpr std::array music_bounds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0};
inline constexpr std::array jitter_bounds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5};
inline constexpr std::array trip_bounds{0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 1.0, 2.0};
// Where ITU-T G.107 Annex B draws its lines of satisfaction, and below.
inline constexpr std::array mos_bounds{1.5, 2.0, 2.58, 3.1, 3.6, 4.03, 4.34, 4.5};

// What legs of a trunk heard: one observation a leg and sample of its timeline (quality_timeline).
struct HeardQuality {
    base::Histogram<jitter_bounds> jitter;
    base::Histogram<trip_bounds> round_trip;
    base::Histogram<mos_bounds> mos;

    HeardQuality& operator+=(const HeardQuality& other) {
        jitter += other.jitter;
        round_trip += other.round_trip;
        mos += other.mos;
        return *this;
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
    base::Histogram<setup_bounds> call_setup;                             // INVITE in → first 18x or 2xx out
    base::Histogram<duration_bounds> call_duration;
    std::map<std::string, base::Histogram<change_bounds>> renegotiation;  // kind
    base::Histogram<music_bounds> music_start;                            // request read → first music packet
    std::map<std::string, HeardQuality> quality;                          // trunk; empty: of users
};

}  // namespace server
