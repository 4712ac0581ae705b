#include "sip/transaction/invite_client.hpp"

namespace sip {

InviteClient::InviteClient(base::Instant now, Transport transport, TimerConfig config)
    : transport_{transport}, config_{config}, retransmit_after_{config.t1} {
    timers_.arm(Timer::b, now + config_.give_up());
    if (!is_reliable(transport_)) { timers_.arm(Timer::a, now + retransmit_after_); }
}

void InviteClient::on_response(base::Instant now, int status, Actions& out) {
    switch (state_) {
        case State::calling:
        case State::proceeding:
            if (status >= 200) { return on_final(now, status, out); }
            if (state_ == State::calling) { enter(State::proceeding); }  // §17.1.1.2: a provisional stops A and B
            out.push_back(Action::pass_response);
            return;
        case State::completed:  // a retransmitted failure gets the same ACK again
            if (status >= 300) { out.push_back(Action::send_ack); }
            return;
        case State::accepted:  // RFC 6026 §7.2: every 2xx reaches the user, who sends the ACK
            if (status >= 200 && status < 300) { out.push_back(Action::pass_response); }
            return;
        case State::terminated:
            return;
    }
}

void InviteClient::on_final(base::Instant now, int status, Actions& out) {
    if (status < 300) {
        enter(State::accepted);
        timers_.arm(Timer::m, now + config_.give_up());
    } else if (is_reliable(transport_)) {
        enter(State::terminated);  // timer D is zero: nothing to absorb
        out.push_back(Action::send_ack);
    } else {
        enter(State::completed);
        timers_.arm(Timer::d, now + config_.give_up());
        out.push_back(Action::send_ack);
    }
    out.push_back(Action::pass_response);
}

// §9.1: a peer that cancels without a final response (RFC 2543) must not keep the transaction for ever.
void InviteClient::on_cancel_sent(base::Instant now) {
    if (state_ == State::proceeding) { timers_.arm(Timer::cancelled, now + config_.give_up()); }
}

void InviteClient::on_timeout(base::Instant now, Actions& out) {
    if (const auto timer = timers_.pop_due(now)) { on_timer(*timer, now, out); }
}

void InviteClient::on_timer(Timer timer, base::Instant now, Actions& out) {
    switch (timer) {
        case Timer::a:
            retransmit_after_ *= 2;
            timers_.arm(Timer::a, now + retransmit_after_);
            out.push_back(Action::send_request);
            return;
        case Timer::b:
        case Timer::cancelled:
            enter(State::terminated);
            out.push_back(Action::report_timeout);
            return;
        case Timer::d:
        case Timer::m:
            enter(State::terminated);
            return;
    }
}

void InviteClient::on_send_error(Actions& out) {
    if (state_ == State::accepted || state_ == State::terminated) { return; }
    enter(State::terminated);
    out.push_back(Action::report_send_error);
}

// Every state starts with no timers; the caller arms the ones the new state needs.
void InviteClient::enter(State next) {
    timers_.disarm_all();
    state_ = next;
}

}  // namespace sip
