// A transfer under way (RFC 5589): one peer, the transferor, asked us to bring the other, the transferee, together with
// a target. The target's leg is opened beside the two of the call and takes the transferor's place once it answers.
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

struct Call::Transfer {
    Transfer(media::Side of, sip::TransferNotifier told) : from{of}, notifier{std::move(told)} {}

    media::Side from;  // whose peer is the transferor
    sip::TransferNotifier notifier;
    bool notifies = true;                     // false: `Refer-Sub: false` (RFC 4488)
    sip::TransactionId notify;                // until its final response; the next waits for it
    std::deque<sip::TransferNotice> notices;  // that wait
    std::string referred_by;                  // RFC 3892, as our own
    std::optional<sip::Replaces> replaces;    // attended: of the target's dialog with the transferor
    std::vector<Attempt> attempts;            // still to be tried, last first
    Attempt current{};
    std::uint64_t resolving = 0;
    std::unique_ptr<Leg> leg;            // to the target
    std::optional<sip::Message> invite;  // that opened it
    bool answered = false;
    bool referrer_left = false;  // hung up, as blind transferors do
    bool given_up = false;       // only the final response of the INVITE is still to come
};

}  // namespace server
