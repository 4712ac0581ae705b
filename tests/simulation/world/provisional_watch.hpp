// Reliable provisional responses of a leg and their PRACKs, as known at the server's door (RFC 3262 §3, §4): numbers
// that rise by one, one at a time, repeated as they were, a PRACK for each and for nothing else. Leaves out offers.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/world/glance.hpp"

namespace simulation {

class ProvisionalWatch {
public:
    // What passes the door; of requests only the first copy. For what the server sent: what is wrong; empty: nothing.
    void on_request_received(const Glance& seen, std::string_view text);
    std::string on_request_sent(const Glance& seen, std::string_view text);
    // `counts`: it is reliable, in order and new, so that a description in it is an offer or an answer.
    void on_response_received(const Glance& seen, std::string_view text, bool& counts);
    std::string on_response_sent(const Glance& seen, std::string_view text, bool is_over, bool& counts);
    std::string on_end() const;

private:
    struct Told {  // by the server
        std::uint32_t rseq;
        std::string text;
        bool has_sdp;
        bool acked = false;
    };
    struct Asked {  // INVITE of the peer
        std::uint32_t cseq;
        bool allows;
        bool demands;
        bool failed = false;
        std::vector<Told> told;
    };
    struct Heard {  // from the peer
        std::uint32_t rseq;
        bool is_due;  // the server owes a PRACK
        bool acked = false;
    };
    struct Sent {  // INVITE of the server
        std::uint32_t cseq;
        bool allows;
        bool done = false;
        bool failed = false;
        std::map<std::string, std::vector<Heard>> heard;  // by the peer's tag
    };
    std::string check_told(Asked& asked, const Glance& seen, std::string_view text, bool& counts);
    std::string check_prack_final(const Glance& seen, bool is_over) const;

    std::map<std::string, Asked> asked_;    // by branch
    std::map<std::string, Sent> sent_;      // by branch
    std::map<std::string, bool> received_;  // PRACKs by branch: did it name what awaited one?
};

}  // namespace simulation
