#include "sip/transaction/client.hpp"

#include <algorithm>

namespace sip {

NonInviteClient::NonInviteClient(base::Instant now, Transport transport, TimerConfig config)
    : transport_{transport}, config_{config}, retransmit_after_{config.t1} {
    timers_.arm(Timer::f, now + config_.give_up());
    if (!is_reliable(transport_)) { timers_.arm(Timer::e, now + retransmit_after_); }
}

void NonInviteClient::on_response(base::Instant now, int status, Actions& out) {
    if (state_ == State::completed || state_ == State::terminated) { return; }
    out.push_back(Action::pass_response);
    if (status < 200) {
        state_ = State::proceeding;  // §17.1.2.2: E and F keep running, E at T2 from its next firing on
        return;
    }
    if (is_reliable(transport_)) { return enter(State::terminated); }  // timer K is zero
    enter(State::completed);
    timers_.arm(Timer::k, now + config_.t4);
}

void NonInviteClient::on_timeout(base::Instant now, Actions& out) {
    if (const auto timer = timers_.pop_due(now)) { on_timer(*timer, now, out); }
}

void NonInviteClient::on_timer(Timer timer, base::Instant now, Actions& out) {
    switch (timer) {
        case Timer::e:
            retransmit_after_ = state_ == State::proceeding ? config_.t2 : std::min(2 * retransmit_after_, config_.t2);
            timers_.arm(Timer::e, now + retransmit_after_);
            out.push_back(Action::send_request);
            return;
        case Timer::f:
            enter(State::terminated);
            out.push_back(Action::report_timeout);
            return;
        case Timer::k:
            enter(State::terminated);
            return;
    }
}

void NonInviteClient::on_send_error(Actions& out) {
    if (state_ == State::completed || state_ == State::terminated) { return; }
    enter(State::terminated);
    out.push_back(Action::report_send_error);
}

// Every state entered by this starts with no timers; the caller arms the ones the new state needs.
void NonInviteClient::enter(State next) {
    timers_.disarm_all();
    state_ = next;
}

}  // namespace sip
