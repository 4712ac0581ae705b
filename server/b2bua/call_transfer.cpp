// REFER, resolved here (RFC 3515, RFC 5589): what the transferor asks for and is told. The target:
// call_transfer_target.
#include <algorithm>
#include <utility>

#include "server/b2bua/attempts.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/refer_to.hpp"
#include "sip/message/sipfrag.hpp"

namespace server {
namespace {

constexpr unsigned max_notice_tries = 3;

// The subscription that a REFER makes outlives the call of the target, that its end can be told within what was
// announced (RFC 6665 §4.2.2): by the time that a NOTIFY before it may take.
constexpr base::Duration notice_margin = std::chrono::seconds{32};

}  // namespace

void Call::on_refer(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    if (state_ == State::ending) { return refuse_request(turn, leg, transaction, request, 481); }
    const Leg* transferee = other(leg);
    const auto policy = leg.renegotiation(config()).refer;
    if (transferee == nullptr || transferee->over || policy == config::Refer::refuse) {
        return refuse_request(turn, leg, transaction, request, 603);
    }
    if (policy == config::Refer::relay) { return relay_request(turn, leg, transaction, request); }
    if (setup_ || transfer_) { return refuse_request(turn, leg, transaction, request, 491); }
    const bool one = request.count(sip::HeaderId::refer_to) == 1;
    const auto refer = one ? sip::ReferTo::parse(*request.first(sip::HeaderId::refer_to)) : std::nullopt;
    if (!refer) {
        return refuse_refer(turn, leg, transaction, request, {400, "one Refer-To is needed (RFC 3515 §2.1)"});
    }
    const std::string_view kind = refer->replaces ? "attended" : "blind";
    if (refer->method != sip::Method::invite) {
        return refuse_refer(turn, leg, transaction, request, {403, "only calls can be transferred", kind});
    }
    auto transfer = make_transfer(turn, leg, *refer, request);
    if (transfer->attempts.empty()) {
        return refuse_refer(turn, leg, transaction, request, {404, "no route leads to the target", kind});
    }
    transfer_ = std::move(transfer);
    accept_refer(turn, leg, transaction, request);
    next_transfer_attempt(turn);
}

void Call::refuse_refer(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request,
                        const ReferFault& fault) {
    sip::Message response = sip::make_response(request, fault.status, leg.local_tag);
    add_warning(response, 399, fault.why);
    explain(turn, words::peer(leg) + " asks for a transfer that is refused: " + std::string{fault.why});
    ++services_.counters.transfers[{std::string{fault.kind}, "refused"}];
    leg.respond(turn, services_, transaction, response);
}

// The target is called as if the transferor had dialled it: the routes of its trunk decide, not the host that it names.
// Only where it names a dialog that it has with this very server is that called, by whichever shard it is on.
std::unique_ptr<Call::Transfer> Call::make_transfer(Turn& turn, const Leg& leg, const sip::ReferTo& refer,
                                                    const sip::Message& request) {
    const auto cseq = sip::CSeq::parse(request.first(sip::HeaderId::cseq).value_or(""));
    const bool first = !std::exchange(referred_, true);
    auto transfer = std::make_unique<Transfer>(leg.side);
    if (sip::wants_notifications(request)) {
        const base::Duration life = config().sip.no_answer + notice_margin;
        transfer->notifier.emplace(turn.now, cseq ? cseq->number : 0, first, life);
    }
    transfer->replaces = refer.replaces;
    transfer->loops = refer.replaces && names_us(refer.target.uri, leg.own.host, config(), services_.setup);
    Dialled dialled{"another call of its own"};
    if (transfer->loops) {
        transfer->attempts = attempts_here(refer.target.uri.user, services_.setup);
    } else {
        dialled = Dialled::read(refer.target.uri);
        dialled.user = snapshot_->routing->rewrite_to(leg.trunk_name(), dialled.user);
        const RouteResult result =
            snapshot_->routing->route(RouteQuery{leg.trunk_name(), leg.party.user_name(), dialled.user});
        transfer->attempts = attempts_for(turn.now, result, dialled, *snapshot_->routing, services_);
    }
    sip::NameAddr referrer = leg.dialog->remote_address();
    referrer.parameters.clear();
    referrer.uri.parameters.clear();
    referrer.uri.host = leg.own.host;
    referrer.uri.host_is_v6 = leg.own.host.find(':') != leg.own.host.npos;
    referrer.uri.port = 0;
    transfer->referred_by = referrer.to_string();
    explain(turn, words::peer(leg) + " transfers " + words::peer(*other(leg)) + " to " + dialled.user);
    return transfer;
}

void Call::accept_refer(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    sip::Message response = sip::make_response(request, 202, leg.local_tag);
    response.add(sip::HeaderId::contact, leg.own.contact);
    if (!transfer_->notifier) { response.add(sip::HeaderId::refer_sub, "false"); }
    leg.respond(turn, services_, transaction, response);
    notify_transferor(turn, 100);
    timers_.arm(Timer::transfer, turn.now + config().sip.no_answer);
    if (auto& server = music_server(other(leg)->side)) { server->leave(turn, "SIP;cause=200;text=\"transfer\""); }
    apply_media(turn);  // the transferee hears music from here on
}

void Call::notify_transferor(Turn& turn, int status, std::string_view reason) {
    if (!transfer_->notifier || transfer_->referrer_left) { return; }
    if (auto notice = transfer_->notifier->on_status(turn.now, status, reason)) {
        transfer_->notices.push_back(std::move(*notice));
    }
    send_notice(turn);
}

void Call::send_notice(Turn& turn) {
    Leg& leg = transfer_->from == media::Side::a ? *a_ : *b_;
    if (transfer_->notify || transfer_->notices.empty() || leg.over) { return; }
    const sip::TransferNotice& notice = transfer_->notices.front();
    sip::Message request = leg.dialog->make_request(sip::Method::notify, leg.own.contact);
    request.add(sip::HeaderId::event, notice.event);
    request.add(sip::HeaderId::subscription_state, notice.subscription_state);
    request.set_body(sip::sipfrag_type, notice.body);
    transfer_->notify = leg.send_request(turn, services_, std::move(request));
    services_.index.watch(transfer_->notify, key_, leg.side);
}

// `response`: null where none came.
void Call::on_notify_final(Turn& turn, Leg& leg, const sip::Message* response) {
    transfer_->notify = {};
    const bool answered = response != nullptr && !leg.bye_sent;  // after that nothing new is said in its dialog
    if (answered && leg.take_challenge(*response)) {
        explain(turn, words::challenged(leg));
        return send_notice(turn);
    }
    // Not the end of the subscription (RFC 6665 §4.2.2): it may have been overtaken, and come too late (RFC 3261
    // §12.2.2).
    const bool passing = answered && response->status() >= 500 && response->status() < 600;
    if (passing && transfer_->notice_tries < max_notice_tries) {
        ++transfer_->notice_tries;
        return send_notice(turn);
    }
    transfer_->notice_tries = 0;
    transfer_->notices.pop_front();
    if (response == nullptr || response->status() >= 400) { transfer_->notifier->stop(); }
    send_notice(turn);
}

// The last word to the transferor: what became of it.
void Call::conclude_notices(Turn& turn, int status, std::string_view reason) {
    notify_transferor(turn, status, reason);
    while (transfer_->notices.size() > 1) {
        transfer_->notices.pop_front();  // is under way
        transfer_->notify = {};
        send_notice(turn);
        if ((transfer_->from == media::Side::a ? a_ : b_)->over) { return; }
    }
}

// Blind transferors hang up once they have asked: the transferee waits for the target. True: so it is.
bool Call::transferor_leaves(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& bye) {
    const bool waits = transfer_ && !transfer_->given_up && negotiation_.is_quiet();
    if (!waits || transfer_->from != leg.side) { return false; }
    leg.respond(turn, services_, transaction, sip::make_response(bye, 200, leg.local_tag));
    leg.session_timer.stop();
    leg_over(leg);
    transfer_->referrer_left = true;
    explain(turn, words::peer(leg) + " hung up, the transfer goes on");
    apply_media(turn);
    run(turn, {});
    return true;
}

}  // namespace server
