// The session timers of a call's legs: each leg is refreshed for itself, and never because of the other (RFC 4028).
// An UPDATE without SDP where the peer takes one, else a re-INVITE that says what was said last.
#include "server/b2bua/call.hpp"
#include "server/b2bua/words.hpp"
#include "sip/dialog/session_timer_fields.hpp"

namespace server {
namespace {

// After a refresh that failed, and what the session has left is for more than one of them.
constexpr base::Duration refresh_again = std::chrono::seconds{5};
constexpr std::string_view expired = "SIP;cause=408;text=\"session expired\"";

}  // namespace

// Its interval is too small (§6).
void Call::refuse_interval(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request,
                           const sip::SessionTimerReply& reply) {
    sip::Message response = sip::make_response(request, 422, leg.local_tag);
    sip::add_timer(reply, response);
    leg.respond(turn, services_, transaction, response);
    services_.index.forget(transaction);
}

void Call::serve_session_timer(Turn& turn, Leg& leg) {
    if (leg.session_timer.next_timeout() > turn.now || state_ == State::ending) { return; }
    switch (leg.session_timer.on_timeout(turn.now)) {
        case sip::SessionTimer::Action::none:
            return;
        case sip::SessionTimer::Action::refresh:
            return refresh_session(turn, leg);
        case sip::SessionTimer::Action::expired:
            log(turn, config::LogLevel::warn, "call.session_expired", {{"leg", std::string{letter(leg.side)}}});
            return end(turn, expired);
    }
}

void Call::refresh_session(Turn& turn, Leg& leg) {
    if (leg.refresh_out) { return; }
    if (leg.allows_update) { return leg.send_refresh(turn, services_, key_); }
    negotiation_.want_refresh(leg.side);  // when nothing else is open there
    run(turn, {});
}

void Call::on_refresh_response(Turn& turn, Leg& leg, const sip::Message& response) {
    leg.refresh_out = {};
    const int status = response.status();
    if (state_ == State::ending) { return; }
    if (note_session_timer(turn, leg, response)) { return leg.send_refresh(turn, services_, key_); }
    if (leg.take_challenge(response)) {
        explain(turn, words::challenged(leg));
        return leg.send_refresh(turn, services_, key_);
    }
    if (status < 300) { return leg.dialog->refresh_target(response); }
    if (status == 405 || status == 501) {
        leg.allows_update = false;
        return refresh_session(turn, leg);
    }
    if (leg.session_timer.on_failure(status)) { return end(turn, expired); }
    leg.session_timer.refresh_at(turn.now + refresh_again);
}

// What a final response to our INVITE or UPDATE says of the timer. True: 422, and the request goes out once more.
bool Call::note_session_timer(Turn& turn, Leg& leg, const sip::Message& response) {
    const int status = response.status();
    if (status < 200) { return false; }
    if (status < 300) {
        leg.session_timer.on_2xx(turn.now, sip::read_session_expires(response));
        return false;
    }
    return status == 422 && leg.session_timer.on_422(sip::read_min_se(response));
}

// Our refresh by re-INVITE did not succeed.
void Call::refresh_failed(Turn& turn, Leg& leg) {
    if (leg.session_timer.we_refresh()) { leg.session_timer.refresh_at(turn.now + refresh_again); }
}

}  // namespace server
