// The target of a transfer: called beside the two legs of the call, it takes the transferor's place when it answers; if
// it does not, the call is as it was.
#include <algorithm>
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/call_id.hpp"
#include "server/b2bua/leg_descriptions.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/owed_description.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"
#include "sip/dialog/session_timer_fields.hpp"

namespace server {
namespace {

constexpr std::string_view transferred = "SIP;cause=200;text=\"transferred\"";
constexpr std::string_view given_up = "SIP;cause=487;text=\"transfer given up\"";

}  // namespace

void Call::next_transfer_attempt(Turn& turn) {
    while (!transfer_->attempts.empty()) {
        transfer_->current = std::move(transfer_->attempts.back());
        transfer_->attempts.pop_back();
        if (!transfer_->attempts.empty() && transfer_->attempts.back().joins) { return devices_->ring(turn); }
        if (transfer_->current.flow) { return call_target(turn, transfer_->current.flow); }
        const auto& uri = transfer_->current.uri;
        const auto transport = transport_of(uri, sip::Transport::udp);
        if (!transport) { continue; }
        if (const auto remote = literal_endpoint(uri, *transport)) {
            return call_target(turn, flow_to(uri, *transport, *remote, services_.setup));
        }
        transfer_->resolving = services_.index.resolve(key_, uri.host, turn.out);
        return;
    }
    fail_transfer(turn, 503, "no target could be reached");
}

void Call::on_target_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address) {
    if (!transfer_ || transfer_->resolving != id) { return; }
    transfer_->resolving = 0;
    if (!address) { return next_transfer_attempt(turn); }
    const auto& uri = transfer_->current.uri;
    const auto transport = transport_of(uri, sip::Transport::udp).value_or(sip::Transport::udp);
    const base::Endpoint remote{*address, uri.port != 0 ? uri.port : sip::default_port(transport)};
    call_target(turn, flow_to(uri, transport, remote, services_.setup));
}

void Call::call_target(Turn& turn, const std::optional<sip::Flow>& way) {
    const auto& setup = services_.setup;
    const auto flow = transfer_->loops ? loop_flow(setup) : way;
    if (!flow) { return next_transfer_attempt(turn); }
    drop_target(turn);
    const bool sips = transfer_->current.uri.scheme == sip::Uri::Scheme::sips;
    auto own = transfer_->loops ? loop_address(*flow, setup) : own_address(*flow, config(), setup, sips);
    devices_->begin();
    make_beside(turn, *flow, std::move(own), transfer_->current.party);
    if (!open_beside(turn)) { return fail_transfer(turn, 503, "no media port is free"); }
    invite_target(turn);
}

void Call::invite_target(Turn& turn) {
    const Leg& transferee = *leg(media::other(transfer_->from));
    Leg& target = *transfer_->leg;
    target.call_id = make_call_id(services_.setup.shard, services_.random);
    target.local_tag = services_.random.token(tag_length);
    target.owns_call_id = true;
    target.loops = transfer_->loops;
    target.slot = 0;
    services_.index.add_dialog(target.call_id, target.local_tag, key_, target.side);
    sip::Message invite = make_transfer_invite();
    const Formats spoken = transferee.agreed_formats(transferee.codecs(config()));
    invite.set_body("application/sdp", write_offer(target, config(), Direction::sendrecv, spoken));
    target.invite_out_cseq = 1;
    send_transfer_invite(turn, std::move(invite));
}

// A leg beside the two of the call.
void Call::make_beside(Turn& turn, const sip::Flow& flow, OwnAddress own, Party party) {
    const media::Side transferee = media::other(transfer_->from);
    if (auto& server = music_server(transferee)) { server->leave(turn, transferred); }
    transfer_->leg =
        std::make_unique<Leg>(media::music_leg(transferee), services_, flow, std::move(own), party, record_);
}

// False: no media port is free.
bool Call::open_beside(Turn& turn) {
    std::string why;
    return transfer_->leg->open_media(turn.now, services_, session_, config(), why);
}

void Call::send_transfer_invite(Turn& turn, sip::Message invite) {
    Leg& target = *transfer_->leg;
    target.sent_invite = invite;
    target.invite_out = target.send_request(turn, services_, std::move(invite));
    target.invite_out_open = true;
    services_.index.watch(target.invite_out, key_, target.side);
}

// The transferee calls, referred by the transferor.
sip::Message Call::make_transfer_invite() {
    const Leg& target = *transfer_->leg;
    const Leg& transferee = *leg(media::other(transfer_->from));
    sip::Message invite = sip::Message::request(sip::Method::invite, transfer_->current.request_uri());
    const sip::NameAddr from = transferee.shown_to(target);
    sip::NameAddr to;
    to.uri = target.address_of(transfer_->current.uri);
    invite.add(sip::HeaderId::from, from.to_string());
    invite.add(sip::HeaderId::to, to.to_string());
    invite.add(sip::HeaderId::call_id, target.call_id);
    invite.add(sip::HeaderId::cseq, "1 INVITE");
    invite.add(sip::HeaderId::max_forwards, "70");
    invite.add(sip::HeaderId::contact, target.own.contact);
    invite.add(sip::HeaderId::allow, allowed_methods);
    invite.add(sip::HeaderId::supported, supported_in_dialog);
    if (!transfer_->referred_by.empty()) { invite.add(sip::HeaderId::referred_by, transfer_->referred_by); }
    if (transfer_->replaces) {
        invite.add(sip::HeaderId::replaces, transfer_->replaces->to_string());
        invite.add(sip::HeaderId::require, "replaces");
    }
    sip::add_timer(target.session_timer, invite);
    if (const Trunk* const trunk = target.party.trunk) {
        for (const auto& [name, value] : trunk->settings().headers_add) { invite.add(name, value); }
    }
    return invite;
}

void Call::on_target_response(Turn& turn, const sip::Message& response) {
    Leg& target = *transfer_->leg;
    const int status = response.status();
    if (status < 200) {
        devices_->note_progress(turn, status);
        return transfer_->given_up ? void() : notify_transferor(turn, status);
    }
    if (status < 300 && target.dialog) {
        const auto to = response.first(sip::HeaderId::to);
        const bool is_other = to && sip::tag_of(*to) != target.dialog->remote_tag();
        return is_other ? on_fork(turn, target, response) : target.repeat_ack(turn, services_);
    }
    target.invite_out_open = false;
    if (status < 300) { return on_target_answer(turn, response); }
    if (transfer_->given_up) { return after_given_up(turn); }
    if (note_session_timer(turn, target, response) || target.take_challenge(response)) {
        sip::Message invite = *target.sent_invite;
        invite.set(sip::HeaderId::cseq, std::to_string(++target.invite_out_cseq) + " INVITE");
        sip::add_timer(target.session_timer, invite);
        target.authorize(invite, services_);
        services_.index.forget(target.invite_out);
        return send_transfer_invite(turn, std::move(invite));
    }
    on_target_failure(turn, status, &response, words::refused_with(status));
}

// `response`: null where it is none that could be passed on.
void Call::on_target_failure(Turn& turn, int status, const sip::Message* response, const std::string& outcome) {
    Leg& target = *transfer_->leg;
    if (!devices_->empty()) { explain(turn, devices_->name(target) + ' ' + outcome); }
    devices_->note(target, outcome);
    devices_->refusals.add(status, response);
    if (status < 600 && devices_->lose(turn)) { return; }
    const int best = devices_->refusals.status();
    if (is_failover(best) && !transfer_->attempts.empty()) { return next_transfer_attempt(turn); }
    fail_transfer(turn, best, words::partner(target) + ' ' + words::refused_with(best));
}

void Call::on_target_answer(Turn& turn, const sip::Message& response) {
    Leg& target = *transfer_->leg;
    target.dialog = sip::Dialog::as_caller(*target.sent_invite, response);
    if (!target.dialog && transfer_->given_up) { return after_given_up(turn); }
    if (!target.dialog) { return on_target_failure(turn, 502, nullptr, "gave an answer that cannot be read"); }
    target.dialog->confirm(response);
    target.learn(response);
    note_session_timer(turn, target, response);
    const auto why = take_owed_answer(target, response, target.codecs(config()));
    if (why) {
        target.count_refused(services_, *why);
        target.withdraw_offer();
    }
    target.send_ack(turn, services_, {});
    if (transfer_->given_up) { return after_given_up(turn); }
    if (why && !devices_->empty()) { return devices_->give_up(turn, 488, "its answer: " + why->text); }
    devices_->note(target, "answered");
    devices_->choose(turn);
    if (why) { return fail_transfer(turn, 488, "its answer: " + why->text); }
    explain(turn, words::partner(target) + " answered" + (transfer_->originated ? "" : " the transferred call"));
    stand_ready(turn);
}

// Its session is agreed: as soon as may be, it takes its place.
void Call::stand_ready(Turn& turn) {
    Leg& target = *transfer_->leg;
    take_wish_of_answer(target);
    target.described = target.plan_media(turn.now, services_);
    target.is_described = true;
    services_.engine.describe(turn.now, session_, target.side, target.described);  // it is heard from here on
    transfer_->answered = true;
    run(turn, {});
}

// When nothing is open on the two legs any more: the target takes the transferor's place, and the transferee is told
// all that this means for it.
bool Call::complete_transfer(Turn& turn) {
    if (!transfer_ || !transfer_->answered || state_ != State::up || !negotiation_.is_quiet()) { return false; }
    const media::Side place = transfer_->from;
    const media::Side transferee = media::other(place);
    auto& slot = place == media::Side::a ? a_ : b_;
    conclude_notices(turn, 200, "OK");
    drop_streams_of(turn, place);
    departing_.add(turn, std::exchange(slot, std::move(transfer_->leg)), transferred, transfer_->notify);
    slot->side = place;
    services_.index.remove_dialog(slot->call_id, slot->local_tag);
    services_.index.add_dialog(slot->call_id, slot->local_tag, key_, place);
    services_.index.watch(slot->invite_out, key_, place);
    services_.engine.move_leg(turn.now, {session_, media::music_leg(transferee)}, {session_, place});
    ++services_.counters.transfers[{transfer_->kind(), "completed"}];
    const std::string done = transfer_->name() + " is complete: ";
    transfer_.reset();
    timers_.disarm(Timer::transfer);
    negotiation_.set_rules(place, slot->negotiation_rules(config()));
    negotiation_.owe(transferee, true);
    negotiation_.owe(place);  // of a hold, for one
    explain(turn, done + words::peer(*slot) + " is " + words::partner(*slot) + " from now on");
    apply_media(turn);
    return true;
}

void Call::fail_transfer(Turn& turn, int status, std::string_view why) {
    explain(turn, transfer_->name() + " failed: " + std::string{why});
    conclude_notices(turn, status_towards_caller(status), {});
    ++services_.counters.transfers[{transfer_->kind(), "failed"}];
    timers_.disarm(Timer::transfer);
    const bool alone = transfer_->referrer_left;
    const std::string_view text = transfer_->originated ? "not connected" : "transfer failed";
    give_up_target(turn);
    if (alone) { return end(turn, "SIP;cause=" + std::to_string(status) + ";text=\"" + std::string{text} + '"'); }
    apply_media(turn);
}

// Its INVITE may be answered all the same: then it is acknowledged and hung up.
void Call::give_up_target(Turn& turn) {
    if (!transfer_) { return; }
    transfer_->given_up = true;
    Leg* target = transfer_->leg.get();
    devices_->cancel(turn, given_up);
    if (target != nullptr) { target->close_media(turn.now, services_, session_); }
    if (target != nullptr && target->invite_out_open) { return target->cancel_invite(turn, services_); }
    if (target != nullptr && target->dialog && target->dialog->state() == sip::Dialog::State::confirmed) {
        departing_.add(turn, std::move(transfer_->leg), given_up);
    }
    end_transfer();
}

// The final response that a target given up still owed has come. Only now may a music server have its place again.
void Call::after_given_up(Turn& turn) {
    give_up_target(turn);
    if (state_ == State::up) { apply_media(turn); }
}

void Call::end_transfer() {
    if (transfer_->leg) { transfer_->leg->forget(services_); }
    transfer_.reset();
}

// An attempt that is over.
void Call::drop_target(Turn& turn) {
    if (!transfer_->leg) { return; }
    transfer_->leg->close_media(turn.now, services_, session_);
    transfer_->leg->forget(services_);
    transfer_->leg.reset();
}

void Call::follow(std::string_view user, std::uint64_t lost, const sip::Flow& flow) {
    for (Leg* leg : {a_.get(), b_.get(), transfer_ ? transfer_->leg.get() : nullptr}) {
        if (leg != nullptr) { leg->follow(user, lost, flow); }
    }
    devices_->follow(user, lost, flow);
}

bool Call::transfer_over() const { return !transfer_ || !transfer_->leg || !transfer_->leg->invite_out_open; }

bool Call::is_target(media::Side side) const { return transfer_ && transfer_->leg && transfer_->leg->side == side; }

// Before it has taken its place: it may hang up, all else waits.
void Call::on_target_request(Turn& turn, sip::TransactionId transaction, const sip::Message& request) {
    Leg& target = *transfer_->leg;
    if (request.method() != sip::Method::bye || !target.dialog->accept(request)) {
        return refuse_request(turn, target, transaction, request, 500, "1");
    }
    target.respond(turn, services_, transaction, sip::make_response(request, 200, target.local_tag));
    target.over = true;
    if (!transfer_->given_up) { fail_transfer(turn, 480, "the target hung up"); }
}

}  // namespace server
