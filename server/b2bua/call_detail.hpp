// What is kept of a call for good: its detail record (CDR), made once, when the call ends. Times of the steady clock;
// whoever stores it translates them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "server/b2bua/call_view.hpp"

namespace server {

struct LegDetail {
    LegView view;                          // as at the end of the call, its media's counts too
    std::vector<std::string> codecs;       // of its audio, in the order in which they came into use; each once
    base::Duration held{};                 // while its peer held the other one
    base::Duration music{};                // while it heard music
    std::optional<double> mean_opinion{};  // of what its peer sent, 1 to 4.5 (ITU-T G.107), the latest that is known
};

struct CallDetail {
    std::string id;
    std::string from;
    std::string to;
    std::string route;
    base::Instant started;
    std::optional<base::Instant> answered;
    base::Instant ended;
    std::string outcome;      // as holdfast_calls_total has it: answered busy cancelled no_answer refused failed
    int code = 0;             // of the final response to A's INVITE
    bool originated = false;  // by the operator: nobody called in on leg A
    std::string ended_by;     // "a", "b", "operator", "server"
    std::string cause;        // in words: "B hung up"
    std::uint64_t renegotiations = 0;
    std::uint64_t healed = 0;  // of them: what the far side refused, done from here
    LegDetail a;
    std::optional<LegDetail> b;  // the one that was tried last; none for built-in ends, and where none was tried
};

}  // namespace server
