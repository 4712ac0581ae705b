#include "sip/transaction/server.hpp"

namespace sip {

void NonInviteServer::on_request(Actions& out) {
    if (state_ == State::proceeding || state_ == State::completed) { out.push_back(Action::send_again); }
}

void NonInviteServer::on_response(base::Instant now, int status, Actions& out) {
    if (state_ == State::completed || state_ == State::terminated) { return; }
    out.push_back(Action::send);
    if (status < 200) {
        state_ = State::proceeding;
    } else if (is_reliable(transport_)) {
        state_ = State::terminated;  // timer J is zero
    } else {
        state_ = State::completed;
        timers_.arm(Timer::j, now + config_.give_up());
    }
}

void NonInviteServer::on_timeout(base::Instant now, Actions& /*out*/) {
    if (timers_.pop_due(now)) { state_ = State::terminated; }
}

void NonInviteServer::on_send_error(Actions& out) {
    if (state_ == State::terminated) { return; }
    timers_.disarm_all();
    state_ = State::terminated;
    out.push_back(Action::report_send_error);
}

}  // namespace sip
