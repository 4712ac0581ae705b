// From A's INVITE to a call that is up: its offer, its route, what B says to it and what A is told.
// RFC 3261 §13; delayed offers both ways (RFC 3725, RFC 6337 §3).
#include <algorithm>
#include <utility>

#include "server/b2bua/attempts.hpp"
#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/owed_description.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "server/b2bua/words.hpp"
#include "sip/dialog/session_timer_fields.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using Final = Negotiation::Final;

// Logs and operators see no password (RFC 3261 §19.1.1).
std::string shown(sip::Uri uri) {
    uri.has_password = false;
    return uri.to_string();
}

Dialled dialled_by(const sip::Message& invite) {
    const auto uri = sip::Uri::parse(invite.request_uri());
    return uri ? Dialled::read(*uri) : Dialled{};
}

}  // namespace

void Call::start(Turn& turn, sip::TransactionId transaction, sip::Message invite, const sip::Flow& flow, Party caller) {
    started_ = turn.now;
    auto own = own_address(flow, config(), services_.setup, wants_sips(invite));
    a_ = std::make_unique<Leg>(media::Side::a, services_, flow, std::move(own), caller, record_);
    Leg& a = *a_;
    a.local_tag = services_.random.token(tag_length);
    a.call_id = std::string{invite.first(sip::HeaderId::call_id).value_or("")};
    a.dialog = sip::Dialog::as_callee(invite, a.local_tag);
    a.invite_in = transaction;
    a.open_invite = invite;
    a.learn(invite);
    negotiation_.set_rules(media::Side::a, a.negotiation_rules(config()));
    setup_->invite = std::move(invite);
    services_.index.add_dialog(a.call_id, a.local_tag, key_, media::Side::a);
    if (!a.dialog) { return fail_setup(turn, 400, "no usable Contact or From"); }
    a.timer_reply = a.session_timer.on_request(sip::read_timer_request(setup_->invite));
    if (a.timer_reply.too_small) { return fail_setup(turn, 422, {}); }
    from_ = shown(a.dialog->remote_address().uri);
    const auto to = sip::Uri::parse(setup_->invite.request_uri());
    to_ = to ? shown(*to) : std::string{};
    log(turn, config::LogLevel::info, "call.started",
        {{"from", from_}, {"to", to_}, {"trunk", a.trunk_name()}, {"user", caller.user_name()}});
    explain(turn,
            words::started(a, dialled_by(setup_->invite).user, !sip::session_description(setup_->invite).empty()));
    a.respond_invite(turn, services_, a.make_invite_response(100));
    note_reliability(setup_->invite);
    if (!take_offer(turn, setup_->invite) || !find_route(turn, setup_->invite)) { return; }
    app_ != App::none ? answer_app(turn) : next_attempt(turn);
}

bool Call::take_offer(Turn& turn, const sip::Message& invite) {
    Leg& a = *a_;
    if (sip::session_description(invite).empty()) {
        const bool relay = a.renegotiation(config()).offerless == config::Offerless::relay;
        setup_->mode = relay ? Setup::Mode::offerless_relay : Setup::Mode::offerless_local;
        return true;
    }
    if (const auto why = a.take_first_offer(invite, config())) {
        a.count_refused(services_, *why);
        fail_setup(turn, why->status, why->text, nullptr, why->warning_code);
        return false;
    }
    negotiation_.set_rules(media::Side::a, a.negotiation_rules(config()));
    take_streams(a);
    take_stream_wishes_of_offer(a);
    return true;
}

bool Call::find_route(Turn& turn, const sip::Message& invite) {
    Dialled dialled = dialled_by(invite);
    dialled.user = snapshot_->routing->rewrite_to(a_->trunk_name(), dialled.user);
    const RouteQuery query{a_->trunk_name(), a_->party.user_name(), dialled.user};
    const RouteResult result = snapshot_->routing->route(query);
    route_ = result.name;
    explain(turn, words::routed(dialled.user, result));
    for (const Target& target : result.targets) {
        if (target.kind != Target::Kind::app) { continue; }
        app_ = target.name == "echo" ? App::echo : target.name == "milliwatt" ? App::milliwatt : App::music;
        return true;
    }
    setup_->attempts = attempts_for(turn.now, result, dialled, *snapshot_->routing, services_);
    for (const Attempt& attempt : setup_->attempts) {
        if (attempt.last_resort) { explain(turn, words::tried_last(attempt)); }
    }
    if (!setup_->attempts.empty()) { return true; }
    const auto is_user = [&](const Target& target) {
        return snapshot_->routing->user_of(target, dialled.user) != nullptr;
    };
    const bool known = std::any_of(result.targets.begin(), result.targets.end(), is_user);
    fail_setup(turn, known ? 480 : 404, known ? "nobody is registered" : std::string_view{});
    return false;
}

// A built-in end answers at once: there is only leg A.
void Call::answer_app(Turn& turn) {
    Leg& a = *a_;
    if (!open_media(turn, a)) { return fail_setup(turn, 503, "no media port is free"); }
    const bool offered = setup_->mode == Setup::Mode::offer;
    if (!offered) { a.slot = 0; }
    const Direction direction = offered ? ours_towards(a.wish, Direction::sendrecv, true) : Direction::sendrecv;
    const std::string sdp = offered ? answer_for(turn, a, direction, {}) : offer_for(turn, a, direction, {});
    explain(turn, "the built-in end answered");
    a.answer_invite(turn, services_, a.make_invite_response(200), sdp);
    negotiation_.on_set_up(media::Side::a, !offered);
    state_ = State::up;
    answered_ = turn.now;
    services_.counters.call_setup.observe(turn.now - started_);
    count_outcome("answered");
    log(turn, config::LogLevel::info, "call.answered", {{"by", "app"}});
    apply_media(turn);
}

void Call::on_setup_response(Turn& turn, const sip::Message& response) {
    if (response.status() < 200) { return on_setup_provisional(turn, response); }
    if (response.status() < 300) { return on_setup_answer(turn, response); }
    if (invite_again(turn, response)) { return; }
    on_setup_failure(turn, response.status(), &response);
}

// A is told once, in its answer or in our offer; empty: no port is free. The codec follows B's; that A gets a codec of
// its own choice in any case is the media plane's work.
const std::string& Call::session_for_a(Turn& turn) {
    Leg& a = *a_;
    std::string& session = setup_->session;
    if (!session.empty() || !open_media(turn, a)) { return session; }
    if (setup_->mode == Setup::Mode::offer) {
        return session =
                   answer_for(turn, a, ours_towards(a.wish, b_->wish, false), b_->said_formats(b_->codecs(config())));
    }
    a.slot = 0;
    return session = offer_for(turn, a, ours_towards(Direction::sendrecv, b_->wish, false),
                               b_->said_formats(b_->codecs(config())));
}

void Call::on_setup_answer(Turn& turn, const sip::Message& response) {
    Leg& b = *b_;
    if (setup_->answered_by_b) {  // a repetition, or another fork
        const auto to = response.first(sip::HeaderId::to);
        if (to && sip::tag_of(*to) != b.dialog->remote_tag()) { return on_fork(turn, b, response); }
        if (b.sent_ack.acknowledged(b.invite_out_cseq)) { b.repeat_ack(turn, services_); }
        return;
    }
    if (!b.early.enter(b, *b.sent_invite, response)) { return on_setup_failure(turn, 502, nullptr); }
    b.early.close();
    b.dialog->confirm(response);
    b.learn(response);
    setup_->answered_by_b = true;
    b.ack_owed = true;
    const bool wanted = !b.over && state_ != State::ending && a_->awaits_set_up();
    b.over = false;
    explain(turn, wanted ? "B answered" : "B answered when it was no longer wanted: hung up on");
    devices_->note(b, wanted ? "answered" : "answered too late");
    if (!wanted) {  // it crossed our CANCEL
        timers_.disarm(Timer::no_answer);
        b.send_ack(turn, services_, b.offer_answer.agreed() ? std::string{} : b.declining_answer(response));
        b.send_bye(turn, services_, key_, b.bye_reason);
        return;
    }
    if (!take_session_of_b(turn, response)) { return on_useless_answer(turn); }
    devices_->choose(turn);
    timers_.disarm(Timer::no_answer);
    note_session_timer(turn, b, response);
    if (a_->is_empty) { return on_first_answered(turn); }
    if (!open_media(turn, *a_)) {
        if (b.ack_owed) { b.acknowledge_stale(turn, services_, b.line_rules(config())); }
        b.send_bye(turn, services_, key_, "SIP;cause=503");
        return fail_setup(turn, 503, "no media port is free");
    }
    decline_owed_pracks(turn);  // of other early dialogs: they end here
    answer_a(turn, response);
}

// Hung up on. Devices that ring beside it go on ringing.
void Call::on_useless_answer(Turn& turn) {
    Leg& b = *b_;
    const sip::sdp::Refusal fault = *std::exchange(fault_of_far_, std::nullopt);
    const std::string why = "the other side: " + fault.text;
    b.acknowledge_stale(turn, services_, b.line_rules(config()));
    if (!devices_->empty()) {
        setup_->answered_by_b = false;
        return devices_->give_up(turn, 488, why);
    }
    timers_.disarm(Timer::no_answer);
    b.send_bye(turn, services_, key_, "SIP;cause=488;text=\"no usable session description\"");
    fail_setup(turn, 488, why);
}

// The 2xx of B, acknowledged at once but where its offer is for A to answer: then the ACK waits for A's (RFC 3725
// §4.1). What was settled in a reliable provisional response stands, whatever the 2xx repeats (RFC 6337 §3.1.1).
bool Call::take_session_of_b(Turn& turn, const sip::Message& response) {
    Leg& b = *b_;
    if (b.prack_owed) {  // it should have waited for that
        b.send_prack(turn, services_, key_, *std::exchange(b.prack_owed, std::nullopt), answer_to_b(turn));
    }
    if (b.offer_answer.agreed()) {
        b.send_ack(turn, services_, {});
        return true;
    }
    if (b.invite_out_offerless) {
        if (!take_offer_of_b(response)) { return false; }
        if (!setup_->session.empty()) { b.send_ack(turn, services_, answer_to_b(turn)); }  // A was told of another
        return true;
    }
    if (!take_answer_of_b(response)) { return false; }
    b.send_ack(turn, services_, {});
    return true;
}

bool Call::take_answer_of_b(const sip::Message& response) {
    Leg& b = *b_;
    auto answer = sip::session_description(response).empty() && b.preview
                      ? sip::sdp::Result<sip::sdp::Session>{*b.preview}
                      : read_owed(response, Owed::answer);
    if (!answer) { return count_unusable(b, answer.error()) == Final::usable; }
    const auto taken = b.offer_answer.on_remote_answer(std::move(*answer), b.codecs(config()));
    if (!taken) { return count_unusable(b, taken.error()) == Final::usable; }
    take_wish_of_answer(b);
    return true;
}

// To our INVITE without one.
bool Call::take_offer_of_b(const sip::Message& response) {
    Leg& b = *b_;
    const auto offer = read_owed(response, Owed::offer);
    if (!offer) { return count_unusable(b, offer.error()) == Final::usable; }
    const auto slot = find_slot(*offer, std::nullopt, b.line_rules(config()));
    if (!slot) { return count_unusable(b, no_audio_line(*offer, b.line_rules(config()))) == Final::usable; }
    const auto taken = b.offer_answer.on_remote_offer(*offer, b.codecs(config()));
    if (!taken) { return count_unusable(b, taken.error()) == Final::usable; }
    b.slot = slot;
    b.wish = audio_direction(*offer, *slot);
    take_streams(b);
    take_stream_wishes_of_offer(b);
    return true;
}

std::string Call::answer_to_b(Turn& turn) {
    const Formats chosen = a_->agreed_formats(a_->codecs(config()));
    return answer_for(turn, *b_, ours_towards(b_->wish, a_->wish, false), chosen);
}

// Not while a reliable provisional response waits for its PRACK (RFC 3262 §3).
void Call::answer_a(Turn& turn, const sip::Message& from_b) {
    Leg& a = *a_;
    if (setup_->reliable && setup_->reliable->awaits_prack()) {
        setup_->answer_of_b = from_b;
        negotiation_.on_set_up(media::Side::a, false);  // B may have its next wish before A's 2xx is out
        return apply_media(turn);
    }
    if (state_ == State::routing) { services_.counters.call_setup.observe(turn.now - started_); }
    sip::Message response = a.make_invite_response(200);
    pass_dialog_headers(from_b, response, a.header_policy());
    if (!setup_->session.empty()) {  // what A was told before B's answer may differ from what that amounts to
        negotiation_.owe(media::Side::a);
        negotiation_.owe(media::Side::b);
    }
    const std::string sdp = setup_->session_sent ? std::string{} : session_for_a(turn);
    a.answer_invite(turn, services_, std::move(response), sdp, b_->ack_owed);
    if (setup_->reliable) { setup_->reliable->on_final_sent(); }
    const bool offers = a.offer_answer.state() == sip::sdp::OfferAnswer::State::local_offer;
    negotiation_.on_set_up(media::Side::a, offers);
    b_->preview.reset();
    state_ = State::up;
    answered_ = turn.now;
    count_outcome("answered");
    log(turn, config::LogLevel::info, "call.answered", {{"by", b_->flow.remote.to_string()}});
    apply_media(turn);
}

void Call::on_setup_ack(Turn& turn, const sip::Message& ack) {
    Leg& a = *a_;
    const bool answers = a.offer_answer.state() == sip::sdp::OfferAnswer::State::local_offer;
    if (answers) {
        std::string reason;
        if (take_answer_of_ack(turn, a, ack, reason) != Negotiation::Ack::with_answer) {
            setup_.reset();
            a.offer_answer.withdraw_offer();
            return end(turn, reason);
        }
    }
    if (b_ && b_->ack_owed) {
        b_->send_ack(turn, services_, answer_to_b(turn));
    } else if (answers) {
        negotiation_.owe(media::Side::b);  // which was answered before A's answer was known
    }
    confirm_setup(turn);
    run(turn, {});
}

void Call::confirm_setup(Turn& turn) {
    setup_.reset();
    negotiation_.on_set_up_acknowledged(media::Side::a);
    apply_media(turn);
}

void Call::on_setup_failure(Turn& turn, int status, const sip::Message* response) {
    if (setup_->answered_by_b) { return; }
    if (b_->over || state_ == State::ending) { return; }  // cancelled: A has its final response
    if (response != nullptr) { explain(turn, devices_->name(*b_) + ' ' + words::refused_with(status)); }
    devices_->refusals.add(status, response);
    devices_->note(*b_, response != nullptr ? words::refused_with(status) : words::silence(status == 408));
    if (status < 600 && devices_->lose(turn)) { return; }
    const int best = setup_->last_failure = devices_->refusals.status();
    if (!setup_->attempts.empty() && is_failover(best)) {
        log(turn, config::LogLevel::info, "call.failover", {{"status", std::to_string(best)}});
        return next_attempt(turn);
    }
    leg_over(*b_);
    fail_setup(turn, status_towards_caller(best), {}, devices_->refusals.response());
}

void Call::fail_setup(Turn& turn, int status, std::string_view warning, const sip::Message* from_b, int warning_code) {
    Leg& a = *a_;
    if (ended_by_.empty()) { ended_by_ = "SIP;cause=" + std::to_string(status); }
    count_outcome(outcome_of(status));
    meter_.note_code(status);
    meter_.note_end(from_b != nullptr ? "b" : "server", words::told_refusal(status, warning));
    if (a.invite_in) {
        explain(turn, words::told_refusal(status, warning));
        sip::Message response = a.make_invite_response(status);
        if (!warning.empty()) { add_warning(response, warning_code, warning); }
        if (status == 422 && a.timer_reply.too_small) { sip::add_timer(a.timer_reply, response); }
        if (from_b != nullptr) {
            pass_dialog_headers(*from_b, response, a.header_policy());
            if (const auto after = from_b->first(sip::HeaderId::retry_after)) {
                response.add(sip::HeaderId::retry_after, *after);
            }
        }
        a.respond_invite(turn, services_, response);
    }
    leg_over(a);
    devices_->cancel(turn, "SIP;cause=" + std::to_string(status));
    if (b_ && !b_->bye_sent && !b_->over) { abandon_b(turn, {}); }
    enter_ending(turn);
}

void Call::count_outcome(std::string_view outcome) {
    if (!meter_.note_outcome(outcome)) { return; }
    if (outcome == "answered") { meter_.note_code(200); }
    if (!origination_) { ++services_.counters.calls_total[{"in", a_->trunk_name(), std::string{outcome}}]; }
    if (b_) { ++services_.counters.calls_total[{"out", b_->trunk_name(), std::string{outcome}}]; }
}

}  // namespace server
