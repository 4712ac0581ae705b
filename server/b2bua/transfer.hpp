// A transfer under way (RFC 5589): one peer, the transferor, asked us to bring the other, the transferee, together with
// a target; or the target itself came to take the transferor's place (RFC 3891). Its leg is opened beside the two of
// the call and takes that place once it has answered, or its peer has acknowledged our answer.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/b2bua/call.hpp"
#include "server/b2bua/setup.hpp"
#include "sip/dialog/transfer.hpp"
#include "sip/message/replaces.hpp"

namespace server {

struct Call::ReferFault {
    int status;
    std::string_view why;
    std::string_view kind = "blind";  // or attended
};

struct Call::Transfer {
    explicit Transfer(media::Side of) : from{of} {}

    media::Side from;                               // whose peer is the transferor
    bool originated = false;                        // the operator asked for it, of an empty seat
    bool invited = false;                           // the target came by itself: no REFER asks for it
    std::optional<sip::TransferNotifier> notifier;  // none: nobody asked to be told (RFC 4488)
    sip::TransactionId notify;                      // of the first notice, until its final response
    unsigned notice_tries = 0;                      // further ones, of that
    std::deque<sip::TransferNotice> notices;        // that wait
    std::string referred_by;                        // RFC 3892, as our own
    std::optional<sip::Replaces> replaces;          // attended: of the target's dialog with the transferor
    bool loops = false;                             // which is with this very server, so that we call ourselves
    std::vector<Attempt> attempts;                  // still to be tried, last first
    Attempt current{};
    std::uint64_t resolving = 0;
    std::unique_ptr<Leg> leg;    // to the target
    bool answered = false;       // it is ready to take its place
    bool referrer_left = false;  // hung up, as blind transferors do
    bool given_up = false;       // only the final response of the INVITE is still to come

    // As metrics have it.
    std::string kind() const {
        return originated ? "originated" : invited ? "replaces" : replaces ? "attended" : "blind";
    }
    std::string name() const { return originated ? "the call asked for" : "the transfer"; }  // as records have it
};

}  // namespace server
