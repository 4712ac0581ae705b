// Which offers are open on a leg, as known at the server's door: one at a time in each dialog (RFC 3264 §4, RFC 6337
// §2), in INVITE, UPDATE, PRACK and their responses, and what an UPDATE that meets one must be answered (RFC 3311
// §5.2). Leaves out what descriptions say.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/world/glance.hpp"

namespace simulation {

class OfferWatch {
public:
    enum class Side : std::uint8_t { server, peer };

    // A message that passes the door; of a request only the first copy. What is wrong with it where the server sent it;
    // empty: nothing.
    std::string on_request(Side from, const Glance& seen, std::string_view text);
    // `counts`: a description in it is an offer or an answer, though it is provisional (RFC 3262 §5).
    std::string on_response(Side from, const Glance& seen, std::string_view text, bool counts);
    void on_ack(Side from, const Glance& seen);

    bool is_open() const { return !open_.empty(); }

private:
    struct Asked {  // INVITE, UPDATE, or PRACK that offers
        Side by;
        Glance seen;
        std::string tag;            // the peer's; "": every dialog of the leg
        int demanded = 0;           // the final that an UPDATE must get; 0: any
        bool done = false;          // has a final response
        std::set<std::string> met;  // tags of the responses that offered
    };
    struct Offer {
        Side by;
        std::string request;  // branch + method
        std::string tag;
        std::uint32_t cseq;
        bool in_response;               // the ACK or PRACK answers it
        bool answered = false;          // by a reliable response that has no PRACK yet: no turn for the server
        std::set<std::string> settled;  // dialogs of a fork in which it has its answer
    };
    std::string open(Offer offer);
    std::string on_prack(Side from, const Glance& seen, std::string_view text);
    void answer_early(Side from, const std::string& request, const std::string& tag);
    bool has_open(Side by, const std::string& tag, bool or_answered) const;
    int demanded_of(const Glance& update) const;
    static std::string check_final(const Asked& asked, const Glance& seen, std::string_view text);

    std::map<std::string, Asked> asked_;  // branch + method
    std::vector<Offer> open_;
    std::map<std::string, std::uint32_t> highest_cseq_;  // of the peer, by its tag
};

}  // namespace simulation
