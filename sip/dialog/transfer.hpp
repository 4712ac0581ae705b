// The subscription that a REFER creates, at the side that follows it: RFC 3515 §2.4 with RFC 6665. What each NOTIFY is
// to carry and when. Pure. Leaves out: the NOTIFY itself, renewal by SUBSCRIBE, and the side that sent the REFER, which
// is only relayed.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "sip/message/message.hpp"

namespace sip {

// False: the REFER says `Refer-Sub: false` (RFC 4488). Its 2xx says so too, and no NOTIFY follows.
bool wants_notifications(const Message& refer);

// Values of a NOTIFY; its Content-Type is sipfrag_type.
struct TransferNotice {
    std::string event;               // Event
    std::string subscription_state;  // Subscription-State
    std::string body;
};

class TransferNotifier {
public:
    // For the REFER of this CSeq, accepted now. `first`: of its dialog; later ones are told apart by their number
    // (RFC 3515 §2.4.6). `life`: how long the subscription lasts at most, a second or more; the final status comes
    // before that is over (RFC 6665 §4.2.2): whoever follows the REFER gives up in time.
    TransferNotifier(base::Instant now, std::uint32_t refer_cseq, bool first, base::Duration life);

    // What became of the call that was asked for: 100 at once (RFC 6665 §4.2.1.2), then each response to it, the last
    // one final. Nullopt: there is nothing to tell, because this status was told already or the subscription is over.
    std::optional<TransferNotice> on_status(base::Instant now, int status, std::string_view reason = {});
    bool is_over() const { return is_over_; }
    // The dialog ended, or a NOTIFY was refused (481 and the like, RFC 6665 §4.2.2).
    void stop() { is_over_ = true; }

private:
    TransferNotice notice(std::string subscription_state) const;

    std::string event_;
    base::Instant expires_at_;
    std::bitset<100> told_;  // provisional statuses, less 100
    std::string body_;
    bool is_over_ = false;
};

}  // namespace sip
