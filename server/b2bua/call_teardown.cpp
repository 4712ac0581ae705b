// How a call ends: BYE from either side, or from us; each confirmed dialog by exactly one BYE, and none before the ACK
// of our final response to its INVITE came or is given up (RFC 3261 §15; after a refusal too: a BYE that overtakes it
// would find the INVITE open).
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"

namespace server {

void Call::on_bye(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    if (leg.dialog->state() == sip::Dialog::State::early && leg.owns_call_id) {
        // No callee may do that (§15): its INVITE still gets a final response.
        return leg.respond(turn, services_, transaction, sip::make_response(request, 200, leg.local_tag));
    }
    if (transferor_leaves(turn, leg, transaction, request)) { return; }
    if (transfer_ && !transfer_->given_up) { conclude_notices(turn, 487, {}); }
    if (state_ != State::ending) {
        explain(turn, words::peer(leg) + " hung up");
        meter_.note_end(letter(leg.side), words::peer(leg) + " hung up");
    }
    if (leg.ack_owed) {
        leg.acknowledge_stale(turn, services_, leg.line_rules(config()));
    }  // its 2xx waits for the other peer's answer
    leg.respond(turn, services_, transaction, sip::make_response(request, 200, leg.local_tag));
    leg.sent_answer.stop();
    leg.last_2xx.reset();
    close_requests(turn, leg);
    const auto reason = request.first(sip::HeaderId::reason);
    const std::string passed{reason.value_or("")};
    const std::string who = leg.side == media::Side::a ? "a hung up" : "b hung up";
    if (ended_by_.empty()) { ended_by_ = passed.empty() ? who : passed; }
    leg_over(leg);
    if (setup_) {
        count_outcome("cancelled");
        meter_.note_code(487);
    }
    if (Leg* rest = other(leg)) { end_leg(turn, *rest, passed); }
    enter_ending(turn);
}

// §15.1.2: what is pending when the dialog ends gets its final response first.
void Call::close_requests(Turn& turn, Leg& leg) {
    count_given_up(turn, leg);
    if (leg.invite_in) { leg.respond_invite(turn, services_, leg.make_invite_response(487)); }
    if (leg.update_in) { leg.refuse_change(turn, services_, sip::make_response(*leg.open_update, 481, leg.local_tag)); }
}

// Any final ends the leg, but for one that asks for credentials which we have: else the peer's dialog would stay up.
void Call::on_bye_answered(Turn& turn, Leg& leg, const sip::Message& response) {
    if (leg.over || !leg.take_challenge(response)) { return leg_over(leg); }
    explain(turn, words::challenged(leg));
    leg.bye_sent = false;
    leg.send_bye(turn, services_, key_, leg.bye_reason);
}

void Call::end(Turn& turn, std::string_view reason) {
    if (state_ == State::ending) { return; }
    ended_by_ = reason;
    const std::string why = words::ended(reason);
    meter_.note_end("server", why);
    if (setup_ && a_->awaits_set_up()) { return give_up_setup(turn, 500, reason, why); }
    explain(turn, why);
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg != nullptr) { end_leg(turn, *leg, reason); }
    }
    enter_ending(turn);
}

void Call::end_leg(Turn& turn, Leg& leg, std::string_view reason) {
    if (leg.over || leg.bye_sent || leg.bye_when_acknowledged) { return; }
    if (leg.side == media::Side::b && setup_ && !setup_->answered_by_b) { return abandon_b(turn, reason); }
    close_requests(turn, leg);
    if (!leg.dialog || leg.dialog->state() == sip::Dialog::State::early) { return leg_over(leg); }
    // A 2xx of the peer that still waits for its ACK gets it before the BYE (RFC 3261 §13.2.2.4).
    if (leg.ack_owed) { leg.acknowledge_stale(turn, services_, leg.line_rules(config())); }
    if (leg.awaits_ack()) {
        leg.bye_when_acknowledged = true;
        leg.bye_reason = reason;
        return;
    }
    leg.send_bye(turn, services_, key_, reason);
}

bool Call::on_refusal_over(Turn& turn, sip::TransactionId invite) {
    if (departing_.on_refusal_over(turn, invite)) { return true; }
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr || !leg->take_end_of_refusal(invite)) { continue; }
        if (leg->bye_when_acknowledged) { leg->send_bye(turn, services_, key_, leg->bye_reason); }
        return true;
    }
    return false;
}

// Leg B is not wanted any more: CANCEL before its final response, ACK and BYE if a 2xx comes all the same.
void Call::abandon_b(Turn& turn, std::string_view reason) {
    if (setup_) { setup_->resolving = 0; }
    if (!transfer_) { devices_->cancel(turn, reason); }
    if (!b_ || b_->over) { return; }
    if (setup_ && setup_->answered_by_b) { return end_leg(turn, *b_, reason); }
    if (!b_->invite_out_open) { return leg_over(*b_); }
    decline_owed_pracks(turn);
    b_->cancel_invite(turn, services_, reason);
    b_->bye_reason = reason;  // should its 2xx cross the CANCEL
    b_->over = true;          // but for its final response, which invite_out_open waits for
}

void Call::leg_over(Leg& leg) {
    leg.over = true;
    leg.sent_answer.stop();
    leg.last_2xx.reset();
}

void Call::hang_up(Turn& turn, std::string_view why) {
    if (state_ == State::ending) { return; }
    meter_.note_end("operator", std::string{why});
    const std::string reason = "SIP;cause=480;text=\"" + std::string{why} + '"';  // RFC 3326 §2
    if (setup_ && a_->awaits_set_up()) { return give_up_setup(turn, 480, reason, why); }
    end(turn, reason);
}

// Before A has its answer: B, which may have given one, learns the reason, A a final response.
void Call::give_up_setup(Turn& turn, int status, std::string_view reason, std::string_view warning) {
    abandon_b(turn, reason);
    fail_setup(turn, status, warning);
}

}  // namespace server
