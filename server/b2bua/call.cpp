#include "server/b2bua/call.hpp"

#include <algorithm>
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/originated.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"

namespace server {
namespace {

// A call that ends waits for its last transactions; what they leave open after this long is dropped.
constexpr int guard_in_t1 = 70;

// A browser that lost its WebSocket comes back as a rule, and its media goes on meanwhile: it is asked again after this
// long.
constexpr base::Duration browser_return = std::chrono::seconds{2};

std::string_view to_text(sip::sdp::OfferAnswer::State state) {
    constexpr std::string_view names[] = {"stable", "local_offer", "remote_offer"};
    return names[static_cast<unsigned>(state)];
}

}  // namespace

std::string_view to_text(Call::State state) {
    constexpr std::string_view names[] = {"routing", "ringing", "up", "ending"};
    return names[static_cast<unsigned>(state)];
}

Call::Call(CallKey key, std::shared_ptr<const Snapshot> snapshot, const Services& services)
    : key_{key},
      id_{services.random.token(16)},
      snapshot_{std::move(snapshot)},
      services_{services},
      setup_{std::make_unique<Setup>()},
      negotiation_{},
      devices_{std::make_unique<Devices>(*this)},
      departing_{services_, key_} {}

Call::~Call() {
    for (const Leg* leg : {a_.get(), b_.get()}) {
        if (leg != nullptr) { leg->forget(services_); }
    }
    if (transfer_ && transfer_->leg) { transfer_->leg->forget(services_); }
    if (b_) { b_->forget_pracks(services_); }
    for (const Relayed& relayed : relayed_) { services_.index.forget(relayed.far); }
    if (session_) { services_.index.forget(session_); }
}

void Call::on_request(Turn& turn, media::Side side, sip::TransactionId transaction, const sip::Message& request,
                      const sip::Flow& flow) {
    if (departing_.on_request(turn, transaction, request)) { return; }
    if (auto* device = devices_->of_dialog(request)) {
        return devices_->serve(*device, [&] { on_request(turn, side, transaction, request, flow); });
    }
    if (is_target(side)) { return on_target_request(turn, transaction, request); }
    if (auto* server = music_server_of(side)) {
        server->on_request(turn, transaction, request);
        return after_music_server(turn, media::other(side));
    }
    Leg& leg = side == media::Side::a ? *a_ : *b_;
    if (!leg.dialog->matches_request(request)) {
        const auto serve = [&] { on_request(turn, side, transaction, request, flow); };
        return in_early_dialog(sip::tag_of(request.first(sip::HeaderId::from).value_or("")), serve);
    }
    const bool in_order = leg.dialog->accept(request);
    // §12.2.2: out of order. A PRACK that was overtaken is not sent again: what it acknowledges counts (RFC 3262 §3).
    if (!in_order && request.method() != sip::Method::prack) {
        return refuse_request(turn, leg, transaction, request, 500, "5");
    }
    leg.note_flow(flow);
    switch (request.method()) {
        case sip::Method::bye:
            return on_bye(turn, leg, transaction, request);
        case sip::Method::invite:
            return on_reinvite(turn, leg, transaction, request);
        case sip::Method::update:
            return on_update(turn, leg, transaction, request);
        case sip::Method::prack:
            return on_prack(turn, leg, transaction, request);
        case sip::Method::options: {
            sip::Message response = sip::make_response(request, 200, leg.local_tag);
            response.add(sip::HeaderId::allow, allowed_methods);
            response.add(sip::HeaderId::accept, accepted_bodies);
            response.add(sip::HeaderId::supported, supported_options);
            return leg.respond(turn, services_, transaction, response);
        }
        case sip::Method::info:
            if (take_digit(turn, leg, transaction, request)) { return; }
            return relay_request(turn, leg, transaction, request);
        case sip::Method::message:
            return relay_request(turn, leg, transaction, request);
        case sip::Method::refer:
            return on_refer(turn, leg, transaction, request);
        case sip::Method::notify:
            return relay_notice(turn, leg, transaction, request);
        default:
            return refuse_request(turn, leg, transaction, request, 405);
    }
}

void Call::refuse_request(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request, int status,
                          std::string_view retry_after) {
    sip::Message response = sip::make_response(request, status, leg.local_tag);
    if (!retry_after.empty()) { response.add(sip::HeaderId::retry_after, retry_after); }
    if (status == 405) { response.add(sip::HeaderId::allow, allowed_methods); }
    leg.respond(turn, services_, transaction, response);
    services_.index.forget(transaction);
}

void Call::on_ack(Turn& turn, media::Side side, const sip::TransactionEvent& event) {
    const sip::Message& ack = event.message;
    if (departing_.on_ack(turn, ack)) { return; }
    if (is_target(side)) { return on_target_ack(turn, ack); }
    if (auto* server = music_server_of(side)) {
        server->on_ack(turn, ack);
        return after_music_server(turn, media::other(side));
    }
    Leg& leg = side == media::Side::a ? *a_ : *b_;
    const bool of_setup = setup_ && side == media::Side::a;
    // §13.2.2.4: the ACK of a 2xx has a branch of its own. One with that of the INVITE still sets a call up, but
    // settles no change: whoever sends it may have taken our 2xx for a refusal.
    if (event.transaction && !of_setup) { return explain(turn, words::acknowledged_as_refusal(leg)); }
    if (!leg.take_ack(ack)) { return; }
    leg.note_flow(event.flow);
    if (state_ != State::ending) { of_setup ? on_setup_ack(turn, ack) : on_reinvite_ack(turn, leg, ack); }
    if (leg.bye_when_acknowledged) { leg.send_bye(turn, services_, key_, leg.bye_reason); }
}

void Call::on_cancel(Turn& turn, media::Side side, sip::TransactionId invite) {
    if (media::is_music_leg(side)) { return; }  // its requests are answered at once
    Leg& leg = side == media::Side::a ? *a_ : *b_;
    if (leg.invite_in != invite) { return; }
    const bool of_setup = setup_ && side == media::Side::a && state_ != State::up;
    if (!of_setup) {
        Negotiation::Actions actions;
        negotiation_.on_cancel(turn.now, side, actions);
        return run(turn, actions);
    }
    setup_->cancelled = true;
    count_outcome("cancelled");
    meter_.note_code(487);
    meter_.note_end("a", "A gave up before an answer");
    explain(turn, "A gave up before an answer");
    leg.respond_invite(turn, services_, leg.make_invite_response(487));
    abandon_b(turn, "SIP;cause=487;text=\"cancelled by the caller\"");
    leg_over(leg);
    enter_ending(turn);
}

void Call::on_response(Turn& turn, media::Side side, sip::TransactionId transaction, const sip::Message& response) {
    if (departing_.on_response(turn, transaction, response)) { return; }
    if (auto* device = devices_->of_transaction(transaction)) {
        return devices_->serve(*device, [&] { on_response(turn, side, transaction, response); });
    }
    if (is_target(side) && transaction == transfer_->leg->invite_out) { return on_target_response(turn, response); }
    if (media::is_music_leg(side)) {
        auto* server = music_server_of(side);
        if (server != nullptr) { server->on_response(turn, transaction, response); }
        return after_music_server(turn, media::other(side));
    }
    Leg* leg = side == media::Side::a ? a_.get() : b_.get();
    if (leg == nullptr) { return; }
    if (leg->digest && response.status() >= 200 && response.status() < 300) { leg->digest->on_accepted(); }
    if (response.method() != sip::Method::invite) {
        if (response.status() < 200) { return; }
        if (transaction == leg->update_out) { return on_update_response(turn, *leg, response); }
        if (transaction == leg->refresh_out) { return on_refresh_response(turn, *leg, response); }
        if (response.method() == sip::Method::prack) { return on_prack_response(turn, transaction, response); }
        if (transfer_ && transaction == transfer_->notify) { return on_notify_final(turn, *leg, &response); }
        if (relay_response(turn, transaction, &response, response.status())) { return; }
        if (response.method() == sip::Method::bye) { on_bye_answered(turn, *leg, response); }
        return;
    }
    if (transaction != leg->invite_out) { return; }
    if (response.status() >= 200) { leg->invite_out_open = false; }
    setup_&& side == media::Side::b ? on_setup_response(turn, response) : on_reinvite_response(turn, *leg, response);
}

void Call::on_failure(Turn& turn, media::Side side, sip::TransactionId transaction, bool timed_out) {
    if (on_refusal_over(turn, transaction) || departing_.on_failure(turn, transaction)) { return; }
    if (auto* device = devices_->of_transaction(transaction)) {
        return devices_->serve(*device, [&] { on_failure(turn, side, transaction, timed_out); });
    }
    if (is_target(side) && transaction == transfer_->leg->invite_out) {
        return on_target_response(turn, sip::Message::response(timed_out ? 408 : 503));
    }
    if (media::is_music_leg(side)) {
        auto* server = music_server_of(side);
        if (server != nullptr) { server->on_failure(turn, transaction, timed_out); }
        return after_music_server(turn, media::other(side));
    }
    Leg* leg = side == media::Side::a ? a_.get() : b_.get();
    if (leg == nullptr) { return; }
    if (transfer_ && transaction == transfer_->notify) { return on_notify_final(turn, *leg, nullptr); }
    explain(turn, devices_->name(*leg) + ' ' + words::silence(timed_out));
    if (relay_response(turn, transaction, nullptr, timed_out ? 408 : 500)) { return; }
    if (leg->is_prack(transaction)) { return; }  // without one the peer fails its INVITE itself
    if (transaction == leg->refresh_out) {
        return on_refresh_response(turn, *leg, sip::Message::response(timed_out ? 408 : 503));
    }
    const bool update = transaction == leg->update_out;
    if (!update && transaction != leg->invite_out) {  // our BYE
        if (leg->bye_sent) { leg_over(*leg); }
        return;
    }
    if (update) {
        leg->update_out = {};
    } else if (!std::exchange(leg->invite_out_open, false)) {
        return;
    }
    if (setup_ && !update) { return on_setup_failure(turn, timed_out ? 408 : 503, nullptr); }
    if (state_ == State::ending) { return; }
    Negotiation::Actions actions;
    const auto final = leg->webrtc ? Negotiation::Final::later : Negotiation::Final::gone;
    negotiation_.on_far_final(turn.now, side, final, browser_return, actions);
    run(turn, actions, timed_out ? "SIP;cause=408;text=\"no answer\"" : "SIP;cause=503;text=\"unreachable\"");
}

bool Call::finished() const {
    if (state_ != State::ending || !relayed_.empty()) { return false; }
    const auto done = [](const Leg* leg) { return leg == nullptr || (leg->over && !leg->invite_out_open); };
    return done(a_.get()) && done(b_.get()) && music_servers_over() && transfer_over() && departing_.empty();
}

void Call::enter_ending(Turn& turn) {
    if (state_ == State::ending) { return; }
    measure(turn.now);
    quality_.is_one_way = false;
    give_detail(turn);
    state_ = State::ending;
    ended_ = turn.now;
    negotiation_.stop();
    if (setup_ && setup_->reliable) { setup_->reliable->on_final_sent(); }
    timers_.disarm(Timer::no_answer);
    for (Leg* leg : {a_.get(), b_.get()}) {  // a peer that leaves one open is given 64·T1 from here
        if (leg == nullptr) { continue; }
        leg->session_timer.stop();
        leg->cancel_invite(turn, services_);
    }
    leave_music_servers(turn);
    timers_.disarm(Timer::transfer);
    give_up_target(turn);
    departing_.hurry(turn);
    timers_.arm(Timer::guard, turn.now + guard_in_t1 * services_.timers.t1);
    if (b_ && b_->apart) {
        drop_streams_of(turn, media::Side::b);
        b_->close_media(turn.now, services_, session_);
    }
    for (Stream& stream : streams_) { close_stream(turn, stream); }
    if (session_) {
        services_.engine.close_session(turn.now, session_);
        services_.index.forget(std::exchange(session_, {}));
    }
    if (answered_) { services_.counters.call_duration.observe(turn.now - *answered_); }
    log(turn, config::LogLevel::info, "call.ended", {{"reason", ended_by_}});
}

void Call::drop_what_is_left() {
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr) { continue; }
        leg_over(*leg);
        leg->invite_out_open = false;
    }
    for (const Relayed& relayed : relayed_) { services_.index.forget(relayed.far); }
    relayed_.clear();
    music_servers_ = {};
    if (transfer_ && transfer_->leg) { transfer_->leg->forget(services_); }
    transfer_.reset();
    departing_.clear();
}

bool Call::sent_invite_to(std::string_view request_uri) const {
    const bool to_b = b_ && b_->sent_invite && b_->sent_invite->request_uri() == request_uri;
    return to_b || devices_->sent_invite_to(request_uri);
}

void Call::log(Turn& turn, config::LogLevel level, std::string_view event,
               std::vector<std::pair<std::string, std::string>> fields) const {
    turn.out.log.push_back(LogEvent{level, std::string{event}, id_, std::move(fields)});
}

void Call::note_received(const Turn& turn, media::Side side, const sip::Message& message) {
    record_.note_received(turn.now, side, message);
}

void Call::note_sent(const Turn& turn, media::Side side, const sip::Message& message) {
    record_.note_sent(turn.now, side, message);
}

const Leg* Call::leg(media::Side side) const {
    if (!media::is_music_leg(side)) { return side == media::Side::a ? a_.get() : b_.get(); }
    if (transfer_ && transfer_->leg && transfer_->leg->side == side) { return transfer_->leg.get(); }
    const auto& server = music_servers_[media::other(side) == media::Side::a ? 0 : 1];
    return server ? server->leg() : nullptr;
}

bool Call::uses(const Listener& listener) const {
    const auto is_used_by = [&](media::Side side) {
        const Leg* const one = leg(side);
        return one != nullptr && goes_by(one->flow, listener);
    };
    return std::ranges::any_of(media::all_sides, is_used_by) || devices_->uses(listener) || departing_.uses(listener);
}

LadderView Call::ladder() const {
    LadderView ladder;
    ladder.id = id_;
    ladder.state = to_text(state_);
    ladder.from = from_;
    ladder.to = to_;
    ladder.route = route_;
    ladder.started = started_;
    ladder.answered = answered_;
    ladder.ended = ended_;
    ladder.entries.assign(record_.entries().begin(), record_.entries().end());
    ladder.left_out = record_.left_out();
    return ladder;
}

CallView Call::view() const {
    CallView view;
    view.id = id_;
    view.state = to_text(state_);
    view.from = from_;
    view.to = to_;
    view.route = route_;
    view.started = started_;
    view.answered = answered_;
    view.renegotiations = renegotiations_;
    const auto leg_view = [&](const Leg& leg) {
        LegView result;
        const bool is_callers = (leg.side == media::Side::a) != static_cast<bool>(origination_);
        result.uri = is_callers ? from_ : to_;
        if (leg.is_empty) { return result; }
        result.call_id = leg.call_id;
        result.transport = sip::to_text(leg.flow.transport);
        result.remote = leg.flow.remote.to_string();
        result.trunk = leg.trunk_name();
        result.user = leg.party.user_name();
        result.direction = leg.side == media::Side::a && !origination_ ? "in" : "out";
        result.offer_answer_state = to_text(leg.offer_answer.state());
        if (leg.ports && session_) {
            SlotView slot{"audio", "", services_.engine.stats(session_, leg.side)};
            const auto& agreed = leg.offer_answer.agreed();
            const auto direction = agreed && leg.slot ? agreed_direction(*agreed, *leg.slot) : Direction::inactive;
            slot.direction = sip::sdp::to_text(direction);
            slot.mean_opinion = (leg.side == media::Side::a ? quality_.a : quality_.b).mean_opinion();
            result.slots.push_back(std::move(slot));
            add_streams(leg, result);
        }
        return result;
    };
    if (a_) { view.a = leg_view(*a_); }
    if (b_) { view.b = leg_view(*b_); }
    view.devices = devices_->outcomes();
    view.hold_a = a_ && state_ == State::up && holds(a_->wish);
    view.hold_b = b_ && state_ == State::up && holds(b_->wish);
    view.held_a = a_ && a_->held_here;
    view.held_b = b_ && b_->held_here;
    view.music_a = hears_music(media::Side::a);
    view.music_b = hears_music(media::Side::b);
    return view;
}

}  // namespace server
