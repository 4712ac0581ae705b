#include "server/b2bua/departing_legs.hpp"

#include <algorithm>
#include <utility>

#include "sip/message/name_addr.hpp"

namespace server {

void DepartingLegs::add(Turn& turn, std::unique_ptr<Leg> leg, std::string_view reason, sip::TransactionId notify) {
    make_room(turn);
    leg->session_timer.stop();
    leg->bye_reason = reason;
    legs_.push_back({std::move(leg), notify, notify ? turn.now + notice_patience : turn.now});
    if (!notify) { say_bye(turn, legs_.back()); }
    drop_those_over();
}

void DepartingLegs::add_cancelled(Turn& turn, std::unique_ptr<Leg> leg, std::string_view reason) {
    make_room(turn);
    leg->cancel_invite(turn, services_, reason);
    leg->bye_reason = reason;
    legs_.push_back({std::move(leg), {}});
}

void DepartingLegs::make_room(Turn& turn) {
    if (legs_.size() < max_legs) { return; }
    Departing& oldest = legs_.front();
    oldest.leg->send_bye(turn, services_, call_, oldest.leg->bye_reason);
    oldest.leg->over = true;
    drop_those_over();
}

void DepartingLegs::say_bye(Turn& turn, Departing& departing) {
    Leg& leg = *departing.leg;
    departing.bye_at = base::never;
    if (leg.awaits_ack()) {
        leg.bye_when_acknowledged = true;
        return;
    }
    if (!leg.send_bye(turn, services_, call_, leg.bye_reason) && !leg.bye_sent) { leg.over = true; }
}

bool DepartingLegs::has_dialog(const sip::Message& request) const {
    return std::any_of(legs_.begin(), legs_.end(), [&](const Departing& departing) {
        return departing.leg->dialog && departing.leg->dialog->matches_request(request);
    });
}

bool DepartingLegs::uses(const Listener& listener) const {
    return std::ranges::any_of(legs_, [&](const Departing& one) { return goes_by(one.leg->flow, listener); });
}

const Leg* DepartingLegs::find(std::string_view call_id, std::string_view local_tag) const {
    const auto found = std::find_if(legs_.begin(), legs_.end(), [&](const Departing& departing) {
        return departing.leg->call_id == call_id && departing.leg->local_tag == local_tag;
    });
    return found == legs_.end() ? nullptr : found->leg.get();
}

// For its peer the call is over, or will be in a moment.
bool DepartingLegs::on_request(Turn& turn, sip::TransactionId transaction, const sip::Message& request) {
    const auto found = std::find_if(legs_.begin(), legs_.end(), [&](const Departing& departing) {
        return departing.leg->dialog && departing.leg->dialog->matches_request(request);
    });
    if (found == legs_.end()) { return false; }
    Leg& leg = *found->leg;
    const bool ends = request.method() == sip::Method::bye;
    leg.respond(turn, services_, transaction, sip::make_response(request, ends ? 200 : 481, leg.local_tag));
    services_.index.forget(transaction);
    leg.over = leg.over || (ends && !leg.invite_out_open);
    drop_those_over();
    return true;
}

bool DepartingLegs::on_ack(Turn& turn, const sip::Message& ack) {
    for (Departing& departing : legs_) {
        if (!departing.leg->dialog || !departing.leg->dialog->matches_request(ack)) { continue; }
        if (departing.leg->take_ack(ack) && departing.leg->bye_when_acknowledged) { say_bye(turn, departing); }
        return true;
    }
    return false;
}

bool DepartingLegs::on_refusal_over(Turn& turn, sip::TransactionId invite) {
    for (Departing& departing : legs_) {
        if (!departing.leg->take_end_of_refusal(invite)) { continue; }
        if (departing.leg->bye_when_acknowledged) { say_bye(turn, departing); }
        drop_those_over();
        return true;
    }
    return false;
}

bool DepartingLegs::on_response(Turn& turn, sip::TransactionId transaction, const sip::Message& response) {
    Departing* departing = of_transaction(transaction);
    if (departing == nullptr) { return false; }
    if (response.status() >= 200) { on_final(turn, *departing, transaction, &response); }
    drop_those_over();
    return true;
}

bool DepartingLegs::on_failure(Turn& turn, sip::TransactionId transaction) {
    Departing* departing = of_transaction(transaction);
    if (departing == nullptr) { return false; }
    on_final(turn, *departing, transaction, nullptr);
    drop_those_over();
    return true;
}

// Whatever became of the NOTIFY, the BYE follows; whatever became of the BYE, that was all, but where credentials of
// ours are asked for.
void DepartingLegs::on_final(Turn& turn, Departing& departing, sip::TransactionId transaction,
                             const sip::Message* response) {
    Leg& leg = *departing.leg;
    if (transaction == departing.notify) {
        departing.notify = {};
        return leg.bye_sent ? void() : say_bye(turn, departing);
    }
    if (transaction == leg.invite_out) { return on_invite_final(turn, departing, response); }
    if (transaction != leg.bye_out) { return; }
    const bool challenged = response != nullptr && leg.take_challenge(*response);
    leg.bye_sent = !challenged;
    if (challenged) { return say_bye(turn, departing); }
    leg.over = true;
}

void DepartingLegs::on_invite_final(Turn& turn, Departing& departing, const sip::Message* response) {
    Leg& leg = *departing.leg;
    const bool answered = response != nullptr && response->status() < 300;
    const bool is_first = std::exchange(leg.invite_out_open, false);
    if (!is_first && answered && leg.sent_ack.acknowledged(leg.invite_out_cseq)) {
        const bool is_same = sip::tag_of(response->first(sip::HeaderId::to).value_or("")) == leg.dialog->remote_tag();
        return is_same ? leg.repeat_ack(turn, services_) : leg.end_fork(turn, services_, *response);
    }
    if (!is_first) { return; }
    leg.over = !answered || !leg.early.enter(leg, *leg.sent_invite, *response);
    if (leg.over) { return; }
    leg.dialog->confirm(*response);
    leg.send_ack(turn, services_, leg.offer_answer.agreed() ? std::string{} : leg.declining_answer(*response));
    say_bye(turn, departing);
}

void DepartingLegs::on_timeout(Turn& turn) {
    using Action = sip::SentAnswer::Action;
    for (Departing& departing : legs_) {
        Leg& leg = *departing.leg;
        if (departing.bye_at <= turn.now) { say_bye(turn, departing); }
        if (leg.sent_answer.next_timeout() > turn.now) { continue; }
        const auto action = leg.sent_answer.on_timeout(turn.now);
        if (action == Action::retransmit) { leg.repeat_2xx(turn, services_); }
        if (action == Action::give_up) { say_bye(turn, departing); }
    }
    drop_those_over();
}

base::Instant DepartingLegs::next_timeout() const {
    base::Instant next = base::never;
    for (const Departing& departing : legs_) {
        next = std::min({next, departing.bye_at, departing.leg->sent_answer.next_timeout()});
    }
    return next;
}

void DepartingLegs::hurry(Turn& turn) {
    for (Departing& departing : legs_) {
        if (departing.bye_at != base::never) { say_bye(turn, departing); }
    }
    drop_those_over();
}

void DepartingLegs::clear() {
    for (const Departing& departing : legs_) { departing.leg->forget(services_); }
    legs_.clear();
}

DepartingLegs::Departing* DepartingLegs::of_transaction(sip::TransactionId transaction) {
    const auto found = std::find_if(legs_.begin(), legs_.end(), [&](const Departing& departing) {
        const Leg& leg = *departing.leg;
        return transaction == departing.notify || transaction == leg.bye_out || transaction == leg.invite_out;
    });
    return found == legs_.end() ? nullptr : &*found;
}

void DepartingLegs::drop_those_over() {
    for (const Departing& departing : legs_) {
        if (departing.leg->over) { departing.leg->forget(services_); }
    }
    std::erase_if(legs_, [](const Departing& departing) { return departing.leg->over; });
}

}  // namespace server
