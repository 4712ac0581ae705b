#include "sip/transaction/invite_server.hpp"

#include <algorithm>

namespace sip {

void InviteServer::on_request(Actions& out) {
    // RFC 6026 §7.1: in Accepted the INVITE is absorbed; the user repeats its 2xx by a clock of its own.
    const bool answers = state_ == State::completed || (state_ == State::proceeding && responded_);
    if (answers) { out.push_back(Action::send_again); }
}

void InviteServer::on_ack(base::Instant now, Actions& out) {
    if (state_ == State::accepted) { out.push_back(Action::pass_ack); }
    if (state_ != State::completed) { return; }
    out.push_back(Action::report_ack);
    if (is_reliable(transport_)) { return enter(State::terminated); }  // timer I is zero
    enter(State::confirmed);
    timers_.arm(Timer::i, now + config_.t4);
}

void InviteServer::on_response(base::Instant now, int status, Actions& out) {
    const bool another_2xx = state_ == State::accepted && status >= 200 && status < 300;
    if (state_ != State::proceeding && !another_2xx) { return; }
    responded_ = true;
    out.push_back(Action::send);
    if (state_ == State::proceeding && status >= 200) { on_final(now, status); }
}

void InviteServer::on_final(base::Instant now, int status) {
    if (status < 300) {
        enter(State::accepted);
        timers_.arm(Timer::l, now + config_.give_up());
        return;
    }
    enter(State::completed);
    timers_.arm(Timer::h, now + config_.give_up());
    if (is_reliable(transport_)) { return; }
    retransmit_after_ = config_.t1;
    timers_.arm(Timer::g, now + retransmit_after_);
}

void InviteServer::on_timeout(base::Instant now, Actions& out) {
    if (const auto timer = timers_.pop_due(now)) { on_timer(*timer, now, out); }
}

void InviteServer::on_timer(Timer timer, base::Instant now, Actions& out) {
    switch (timer) {
        case Timer::g:
            retransmit_after_ = std::min(2 * retransmit_after_, config_.t2);
            timers_.arm(Timer::g, now + retransmit_after_);
            out.push_back(Action::send_again);
            return;
        case Timer::h:
            enter(State::terminated);
            out.push_back(Action::report_no_ack);
            return;
        case Timer::i:
        case Timer::l:
            enter(State::terminated);
            return;
    }
}

// RFC 6026 §7.1: an error of transport alone never ends an INVITE server transaction; its timers will.
void InviteServer::on_send_error(Actions& out) {
    if (state_ == State::confirmed || state_ == State::terminated) { return; }
    out.push_back(Action::report_send_error);
}

// Every state starts with no timers; the caller arms the ones the new state needs.
void InviteServer::enter(State next) {
    timers_.disarm_all();
    state_ = next;
}

}  // namespace sip
