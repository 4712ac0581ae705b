// A phone's transactions: RFC 3261 §17 as a peer needs it, kept for the whole run so that late messages are known.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sip/message/message.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {

inline constexpr Duration t1 = 500ms;
inline constexpr Duration t2 = 4s;
inline constexpr Duration give_up_after = 64 * t1;

// What reliable responses (RFC 3262) did to an early dialog of our INVITE.
struct Phone::EarlyHeard {
    std::uint32_t rseq = 0;  // of the latest; 0: none
    std::string text;
    bool has_sdp = false;
    bool pracked = false;
    bool settled = false;  // offer and answer are exchanged: a 2xx can add nothing
    std::string sdp;       // that of theirs which settled it
};

// What we said in an early dialog of their INVITE.
struct Phone::Reliable {
    std::uint32_t rseq = 0;
    std::string text;
    bool has_sdp = false;
    bool offers = false;
    bool is_behind_gap = false;
    bool acked = false;
};
struct Phone::EarlyTold {
    std::string offered;   // where their INVITE made none
    std::string answered;  // to their offer, maybe only as a preview
    bool settled = false;
    std::vector<Reliable> sent;
};

struct Phone::ClientTransaction {
    std::string method;
    std::uint32_t cseq = 0;
    std::string branch;
    std::string uri;
    std::string text;
    base::Endpoint to;
    bool provisional = false;
    int status = 0;  // final
    std::string final_text;
    std::string final_tag;
    std::vector<int> statuses;
    bool is_initial = false;  // an INVITE that opens the call
    Sdp plan;
    std::string headers;
    std::string sdp;         // as offered; empty: none
    bool overtakes = false;  // an UPDATE behind another one that had no response yet
    bool cancel_wanted = false;
    bool cancel_sent = false;
    bool supports_100rel = false;
    bool demands_100rel = false;
    std::map<std::string, EarlyHeard> early;  // by To tag
    std::string failure_ack;
    bool acked = false;  // a 2xx
    bool done() const { return status != 0; }
    bool settled() const {  // before the final response
        return std::any_of(early.begin(), early.end(), [](const auto& heard) { return heard.second.settled; });
    }
};

struct Phone::ServerTransaction {
    std::string method;
    std::uint32_t cseq = 0;
    std::string branch;
    sip::Message request;
    std::string text;  // of the request
    base::Endpoint reply_to;
    std::string last_response;
    int status = 0;  // final
    bool acked = false;
    bool is_initial = false;
    bool over = false;                       // its script is cut short
    std::optional<View> offer;               // that came in the request
    std::map<std::string, EarlyTold> early;  // by To tag; of the one that is confirmed too
    std::deque<Reply> waiting;               // for a PRACK
    std::string tag;                         // To tag of the final response
    Instant given_up{};
};

}  // namespace simulation
