// A phone's transactions: RFC 3261 §17 as a peer needs it, kept for the whole run so that late messages are known.
#pragma once

#include <optional>
#include <string>

#include "sip/message/message.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {

inline constexpr Duration t1 = 500ms;
inline constexpr Duration t2 = 4s;
inline constexpr Duration give_up_after = 64 * t1;

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
    std::string sdp;         // as offered; empty: none
    bool overtakes = false;  // an UPDATE behind another one that had no response yet
    bool cancel_wanted = false;
    bool cancel_sent = false;
    std::string failure_ack;
    bool acked = false;  // a 2xx
    bool done() const { return status != 0; }
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
    bool over = false;          // its script is cut short
    std::optional<View> offer;  // that came in the request
    std::string offered;        // that we made in our 2xx
    std::string answered;       // to the offer
    std::string tag;
    Instant given_up{};
};

}  // namespace simulation
