// The call's own timers: 2xx repeated until acknowledged (RFC 3261 §13.3.1.4), session timers, and the limits on how
// long it rings, transfers and ends.
#include <algorithm>
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"

namespace server {
namespace {

constexpr std::string_view no_ack = "SIP;cause=408;text=\"no ACK\"";
constexpr std::string_view no_answer = "SIP;cause=488;text=\"no ACK, and no answer in it\"";

}  // namespace

void Call::on_timeout(Turn& turn) {
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg != nullptr) { serve_session_timer(turn, *leg); }
    }
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg != nullptr) { serve_sent_answer(turn, *leg); }
    }
    departing_.on_timeout(turn);
    if (transfer_ && transfer_->leg) { serve_sent_answer(turn, *transfer_->leg); }
    for (const auto held : {media::Side::a, media::Side::b}) {
        if (auto& server = music_server(held); server && server->next_timeout() <= turn.now) {
            server->on_timeout(turn);
            after_music_server(turn, held);
        }
    }
    if (setup_ && setup_->reliable && setup_->reliable->next_timeout() <= turn.now) { on_reliable_timeout(turn); }
    if (negotiation_.next_timeout() <= turn.now) {
        Negotiation::Actions actions;
        negotiation_.on_timeout(turn.now, actions);
        run(turn, actions);
    }
    while (const auto timer = timers_.pop_due(turn.now)) { on_timer(turn, *timer); }
}

// Our 2xx, sent again until its ACK comes, or given up.
void Call::serve_sent_answer(Turn& turn, Leg& leg) {
    if (leg.sent_answer.next_timeout() > turn.now) { return; }
    const auto action = leg.sent_answer.on_timeout(turn.now);
    if (action == sip::SentAnswer::Action::retransmit) { leg.repeat_2xx(turn, services_); }
    if (action != sip::SentAnswer::Action::give_up) { return; }
    leg.last_2xx.reset();
    log(turn, config::LogLevel::warn, "call.no_ack", {{"leg", std::string{letter(leg.side)}}});
    explain(turn, words::peer(leg) + " never acknowledged our 200");
    if (is_target(leg.side)) { return fail_transfer(turn, 408, "it did not acknowledge our answer"); }
    if (leg.bye_when_acknowledged) {
        leg.send_bye(turn, services_, key_, leg.bye_reason);
        return;
    }
    count_given_up(turn, leg);
    const std::string_view why = negotiation_.awaits_answer(leg.side) ? no_answer : no_ack;
    Negotiation::Actions actions;
    negotiation_.on_no_ack(leg.side, actions);
    run(turn, actions, why);
    end(turn, why);
}

void Call::on_timer(Turn& turn, Timer timer) {
    if (timer == Timer::guard) { return drop_what_is_left(); }
    if (timer == Timer::transfer) {
        if (transfer_ && !transfer_->given_up) { fail_transfer(turn, 408, "the target did not answer in time"); }
        return;
    }
    if (!setup_ || state_ == State::ending) { return; }
    setup_->attempts.clear();  // whoever rings this long is not there: no other target is tried
    count_outcome("no_answer");
    explain(turn, "nobody answered in time");
    abandon_b(turn, "SIP;cause=408;text=\"no answer\"");
    fail_setup(turn, 408, "nobody answered in time");
}

base::Instant Call::next_timeout() const {
    base::Instant next = std::min({timers_.next(), negotiation_.next_timeout(), departing_.next_timeout()});
    if (setup_ && setup_->reliable) { next = std::min(next, setup_->reliable->next_timeout()); }
    if (transfer_ && transfer_->leg) { next = std::min(next, transfer_->leg->sent_answer.next_timeout()); }
    for (const Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr) { continue; }
        next = std::min({next, leg->sent_answer.next_timeout(), leg->session_timer.next_timeout()});
    }
    for (const auto& server : music_servers_) {
        if (server) { next = std::min(next, server->next_timeout()); }
    }
    return next;
}

}  // namespace server
