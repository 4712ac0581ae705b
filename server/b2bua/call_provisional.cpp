// What A is told before the call is up: provisional responses, reliable ones where its INVITE allows or demands that
// (RFC 3262 §3), and its PRACKs. The legs know nothing of each other's: B's are acknowledged by us whatever A can do.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "sip/message/body.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/values.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

constexpr std::string_view option = "100rel";
constexpr std::string_view no_prack = "SIP;cause=504;text=\"no PRACK\"";

}  // namespace

void Call::note_reliability(const sip::Message& invite) {
    setup_->demands_reliable = sip::has_token(invite, sip::HeaderId::require, option);
    const bool takes = setup_->demands_reliable || sip::has_token(invite, sip::HeaderId::supported, option);
    const auto cseq = sip::CSeq::parse(invite.first(sip::HeaderId::cseq).value_or(""));
    if (a_->webrtc && !setup_->demands_reliable) { return; }  // SIP.js means little by naming it
    if (takes && cseq) { setup_->reliable.emplace(services_.timers, cseq->number, services_.random.next()); }
}

// A's provisional response, as B's was. With a description it goes reliably if it can: so it counts.
void Call::show_to_a(Turn& turn, const sip::Message& from_b) {
    Leg& a = *a_;
    if (state_ == State::routing) {
        state_ = State::ringing;
        services_.counters.call_setup.observe(turn.now - started_);
        explain(turn, from_b.status() == 180 ? "B rings" : "B reports progress");
    }
    setup_->shown = from_b.status();
    if (a.is_empty) { return; }
    sip::Message provisional = a.make_invite_response(from_b.status());
    pass_dialog_headers(from_b, provisional, a.header_policy());
    const std::string sdp = early_session(turn);
    if (!sdp.empty()) { provisional.set_body("application/sdp", sdp); }
    if (setup_->reliable && (setup_->demands_reliable || !sdp.empty())) {
        push_reliable(turn, std::move(provisional));
    } else {
        a.respond_invite(turn, services_, provisional);
    }
    apply_media(turn);
}

// What A is told of the session now. An offer goes in a reliable response only, and the first of these must bring one
// to an INVITE without (§5); what has been said once reliably is not said again.
std::string Call::early_session(Turn& turn) {
    const bool offers = setup_->mode != Setup::Mode::offer;
    if (setup_->session_pushed || (offers && !setup_->reliable)) { return {}; }
    const bool due = offers && setup_->demands_reliable;
    return due || !b_->said_formats(b_->codecs(config())).empty() ? session_for_a(turn) : std::string{};
}

void Call::push_reliable(Turn& turn, sip::Message provisional) {
    using Push = sip::ReliableSender::Push;
    const bool described = !provisional.body().empty();
    const Push result = setup_->reliable->push(turn.now, std::move(provisional));
    if (result == Push::refused) { return; }
    setup_->session_pushed = setup_->session_pushed || described;
    if (result == Push::send) { send_reliable(turn); }
}

void Call::send_reliable(Turn& turn) {
    const sip::Message& response = setup_->reliable->current();
    setup_->session_sent = setup_->session_sent || !response.body().empty();
    a_->respond_invite(turn, services_, response);
}

void Call::on_prack(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    const auto rack = sip::RAck::parse(request.first(sip::HeaderId::rack).value_or(""));
    if (!rack) { return refuse_request(turn, leg, transaction, request, 400); }
    const bool expected = leg.side == media::Side::a && setup_ && setup_->reliable;
    if (!expected || !setup_->reliable->on_prack(*rack)) {
        return refuse_request(turn, leg, transaction, request, 481);
    }
    if (!leg.invite_in) {  // refused meanwhile; no session is left that could be changed
        const int status = sip::session_description(request).empty() ? 200 : 481;
        return leg.respond(turn, services_, transaction, sip::make_response(request, status, leg.local_tag));
    }
    take_prack(turn, leg, transaction, request);
    if (!leg.invite_in) { return; }
    if (const auto answer = std::exchange(setup_->answer_of_b, std::nullopt)) { return answer_a(turn, *answer); }
    if (setup_->reliable->take_next(turn.now)) { send_reliable(turn); }
}

// §5: the answer to our offer, or an offer of its own after our answer, which is served as that of an UPDATE. An offer
// that is refused does not undo the acknowledgement: nobody would acknowledge the response again.
void Call::take_prack(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    if (leg.offer_answer.state() == sip::sdp::OfferAnswer::State::local_offer) {
        return take_answer_of_prack(turn, leg, transaction, request);
    }
    if (!sip::session_description(request).empty()) { return on_change(turn, leg, transaction, request); }
    leg.respond(turn, services_, transaction, sip::make_response(request, 200, leg.local_tag));
}

void Call::take_answer_of_prack(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    auto answer = sip::sdp::parse(sip::session_description(request));
    const auto taken = answer ? leg.offer_answer.on_remote_answer(std::move(*answer), leg.codecs(config()))
                              : sip::sdp::Result<sip::sdp::OfferAnswer::RemoteOffer>{answer.error()};
    if (!taken) {
        ++services_.counters.offers_refused[{leg.trunk_name(), taken.error().rule}];
        sip::Message refusal = sip::make_response(request, taken.error().status, leg.local_tag);
        add_warning(refusal, taken.error().warning_code, taken.error().text);
        leg.respond(turn, services_, transaction, refusal);
        return fail_setup(turn, 488, "no usable answer in the PRACK");
    }
    leg.respond(turn, services_, transaction, sip::make_response(request, 200, leg.local_tag));
    take_wish_of_answer(leg);
    answer_owed_pracks(turn);
    apply_media(turn);
}

void Call::on_reliable_timeout(Turn& turn) {
    using Action = sip::ReliableSender::Action;
    const Action action = setup_->reliable->on_timeout(turn.now);
    if (action == Action::retransmit) { send_reliable(turn); }
    if (action != Action::give_up) { return; }
    log(turn, config::LogLevel::warn, "call.no_prack");
    abandon_b(turn, no_prack);
    fail_setup(turn, 504, "no PRACK came");
}

}  // namespace server
