// Legs that have left their call and whose dialogs are still to end: that of a transferor, of whoever was replaced (RFC
// 3515, RFC 3891 §3), of devices that were called in vain. Each ends by one BYE, not before the ACK of our 2xx (RFC
// 3261 §15) and, where it was told the outcome of its REFER, not before it has answered that: a BYE that overtakes the
// last NOTIFY would make it a 481.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/b2bua/leg.hpp"
#include "server/b2bua/ringing_devices.hpp"
#include "server/b2bua/services.hpp"

namespace server {

class DepartingLegs {
public:
    // Peers that leave their BYE unanswered make more: the oldest is forgotten, its BYE goes on by itself.
    static constexpr std::size_t max_legs = RingingDevices::max_together + 4;
    static constexpr base::Duration notice_patience = std::chrono::seconds{2};

    DepartingLegs(const Services& services, CallKey call) : services_{services}, call_{call} {}
    ~DepartingLegs() { clear(); }
    DepartingLegs(const DepartingLegs&) = delete;
    DepartingLegs& operator=(const DepartingLegs&) = delete;

    // `reason`: of the BYE. `notify`: the NOTIFY whose answer it waits for, if any.
    void add(Turn& turn, std::unique_ptr<Leg> leg, std::string_view reason, sip::TransactionId notify = {});
    // Our INVITE to it is taken back: a 2xx that comes all the same is acknowledged and hung up (RFC 3261 §9.1,
    // §13.2.2.4).
    void add_cancelled(Turn& turn, std::unique_ptr<Leg> leg, std::string_view reason);
    // Is the request, or ACK, in a dialog of theirs?
    bool has_dialog(const sip::Message& request) const;
    // One that is named by a Call-ID and our tag; null: none.
    const Leg* find(std::string_view call_id, std::string_view local_tag) const;

    // False: it belongs to none of them.
    bool on_request(Turn& turn, sip::TransactionId transaction, const sip::Message& request);
    bool on_ack(Turn& turn, const sip::Message& ack);
    bool on_refusal_over(Turn& turn, sip::TransactionId invite);
    bool on_response(Turn& turn, sip::TransactionId transaction, const sip::Message& response);
    bool on_failure(Turn& turn, sip::TransactionId transaction);
    void on_timeout(Turn& turn);
    base::Instant next_timeout() const;

    // The call ends: no BYE waits for a NOTIFY any more.
    void hurry(Turn& turn);
    bool empty() const { return legs_.empty(); }
    bool uses(const Listener& listener) const;
    void clear();

private:
    struct Departing {
        std::unique_ptr<Leg> leg;
        sip::TransactionId notify;
        base::Instant bye_at = base::never;
    };

    void make_room(Turn& turn);
    void say_bye(Turn& turn, Departing& departing);
    void on_invite_final(Turn& turn, Departing& departing, const sip::Message* response);
    void on_final(Turn& turn, Departing& departing, sip::TransactionId transaction, const sip::Message* response);
    Departing* of_transaction(sip::TransactionId transaction);
    void drop_those_over();

    Services services_;
    CallKey call_;
    std::vector<Departing> legs_;  // the oldest first
};

}  // namespace server
