#include "server/b2bua/music_server.hpp"

#include <algorithm>
#include <utility>

#include "server/b2bua/call_id.hpp"
#include "server/b2bua/leg_descriptions.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "sip/dialog/session_timer_fields.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using Exchange = sip::sdp::OfferAnswer::State;

constexpr std::string_view sdp_type = "application/sdp";
constexpr base::Duration refresh_again = std::chrono::seconds{5};

}  // namespace

MusicServer::MusicServer(media::Side held, media::SessionId session, CallKey call, const Snapshot& snapshot,
                         const Services& services, CallRecord& record)
    : side_{media::music_leg(held)},
      session_{session},
      call_{call},
      snapshot_{snapshot},
      services_{services},
      record_{record} {}

MusicServer::~MusicServer() {
    if (!leg_) { return; }
    services_.index.remove_dialog(leg_->call_id, leg_->local_tag);
    for (const auto transaction : {leg_->invite_out, leg_->invite_in, leg_->update_in, leg_->refresh_out}) {
        services_.index.forget(transaction);
    }
    leg_->keep_acks(services_);
}

void MusicServer::start(Turn& turn, const std::string& uri, const Formats& preferred) {
    preferred_ = preferred;
    auto target = sip::Uri::parse(uri);
    const auto transport = target ? transport_of(*target, sip::Transport::udp) : std::nullopt;
    if (!transport) { return fail(turn, "its URI cannot be used"); }
    uri_ = std::move(*target);
    if (const auto remote = literal_endpoint(uri_, *transport)) { return call(turn, *remote); }
    resolving_ = services_.index.resolve(call_, uri_.host, turn.out);
}

void MusicServer::on_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address) {
    if (state_ != State::resolving || id != resolving_) { return; }
    if (!address) { return fail(turn, "its name has no address"); }
    const auto transport = transport_of(uri_, sip::Transport::udp).value_or(sip::Transport::udp);
    call(turn, {*address, uri_.port != 0 ? uri_.port : sip::default_port(transport)});
}

void MusicServer::call(Turn& turn, const base::Endpoint& remote) {
    const auto transport = transport_of(uri_, sip::Transport::udp).value_or(sip::Transport::udp);
    const auto flow = flow_to(uri_, transport, remote, services_.setup);
    if (!flow) { return fail(turn, "nothing listens towards it"); }
    leg_ = std::make_unique<Leg>(side_, services_, *flow, own_address(*flow, snapshot_.config, services_.setup),
                                 Party{}, record_);
    std::string why;
    if (!leg_->open_media(turn.now, services_, session_, snapshot_.config, why)) {
        return fail(turn, "no media port is free: " + why);
    }
    leg_->call_id = make_call_id(services_.setup.shard, services_.random);
    leg_->local_tag = services_.random.token(tag_length);
    record_.name_music_server(side_, leg_->call_id);
    leg_->owns_call_id = true;
    leg_->slot = 0;
    services_.index.add_dialog(leg_->call_id, leg_->local_tag, call_, side_);
    sip::Message invite = make_invite();
    invite.set_body(sdp_type, write_offer(*leg_, snapshot_.config, Direction::recvonly, preferred_));
    leg_->sent_invite = invite;
    leg_->invite_out_cseq = 1;
    leg_->invite_out = leg_->send_request(turn, services_, std::move(invite));
    leg_->invite_out_open = true;
    services_.index.watch(leg_->invite_out, call_, side_);
    state_ = State::calling;
}

sip::Message MusicServer::make_invite() {
    sip::Message invite = sip::Message::request(sip::Method::invite, uri_.to_string());
    sip::NameAddr from;
    from.uri.user = snapshot_.config.server.name;
    from.uri.host = leg_->own.host;
    from.uri.host_is_v6 = leg_->own.host.find(':') != leg_->own.host.npos;
    from.set_parameter("tag", leg_->local_tag);
    sip::NameAddr to;
    to.uri = uri_;
    to.uri.remove_parameter("transport");
    invite.add(sip::HeaderId::from, from.to_string());
    invite.add(sip::HeaderId::to, to.to_string());
    invite.add(sip::HeaderId::call_id, leg_->call_id);
    invite.add(sip::HeaderId::cseq, "1 INVITE");
    invite.add(sip::HeaderId::max_forwards, "70");
    invite.add(sip::HeaderId::contact, leg_->own.contact);
    invite.add(sip::HeaderId::allow, allowed_methods);
    invite.add(sip::HeaderId::supported, supported_in_dialog);
    sip::add_timer(leg_->session_timer, invite);
    return invite;
}

void MusicServer::on_response(Turn& turn, sip::TransactionId transaction, const sip::Message& response) {
    const int status = response.status();
    if (!leg_ || status < 200) { return; }
    if (transaction == leg_->refresh_out) {
        leg_->refresh_out = {};
        if (status < 300) { return leg_->session_timer.on_2xx(turn.now, sip::read_session_expires(response)); }
        return leg_->session_timer.on_failure(status) ? fail(turn, "its dialog is gone")
                                                      : leg_->session_timer.refresh_at(turn.now + refresh_again);
    }
    if (transaction != leg_->invite_out) { return; }  // our BYE
    leg_->invite_out_open = false;
    if (leg_->dialog) {
        return is_fork(response) ? leg_->end_fork(turn, services_, response) : on_final_of_reinvite(turn, response);
    }
    if (status < 300) { return on_answer(turn, response); }
    if (state_ == State::leaving) {
        state_ = State::gone;
        return;
    }
    fail(turn, "it answered " + std::to_string(status));
}

void MusicServer::on_answer(Turn& turn, const sip::Message& response) {
    leg_->dialog = sip::Dialog::as_caller(*leg_->sent_invite, response);
    if (!leg_->dialog) { return fail(turn, "its answer cannot be read"); }
    leg_->dialog->confirm(response);
    leg_->learn(response);
    leg_->session_timer.on_2xx(turn.now, sip::read_session_expires(response));
    auto answer = sip::sdp::parse(sip::session_description(response));
    const bool taken = answer && leg_->offer_answer.on_remote_answer(std::move(*answer), codecs());
    if (!taken) { leg_->withdraw_offer(); }
    leg_->send_ack(turn, services_, {});
    if (state_ == State::leaving) { return leave(turn, leg_->bye_reason); }
    if (!taken) { return fail(turn, "its answer cannot be used"); }
    state_ = State::playing;
    describe(turn);
}

// A proxy before it has asked several, and another answered too?
bool MusicServer::is_fork(const sip::Message& response) const {
    const auto to = response.first(sip::HeaderId::to);
    return response.status() < 300 && to && sip::tag_of(*to) != leg_->dialog->remote_tag();
}

// Of a refresh of ours; or its first 2xx once more.
void MusicServer::on_final_of_reinvite(Turn& turn, const sip::Message& response) {
    if (response.status() >= 300) {
        leg_->withdraw_offer();
        if (leg_->session_timer.on_failure(response.status())) { return fail(turn, "its dialog is gone"); }
        return leg_->session_timer.refresh_at(turn.now + refresh_again);
    }
    if (leg_->sent_ack.acknowledged(leg_->invite_out_cseq)) { return leg_->repeat_ack(turn, services_); }
    leg_->session_timer.on_2xx(turn.now, sip::read_session_expires(response));
    auto answer = sip::sdp::parse(sip::session_description(response));
    const bool open = leg_->offer_answer.state() == Exchange::local_offer;
    if (!answer || !open || !leg_->offer_answer.on_remote_answer(std::move(*answer), codecs())) {
        leg_->withdraw_offer();
    }
    leg_->send_ack(turn, services_, {});
    describe(turn);
}

void MusicServer::on_failure(Turn& turn, sip::TransactionId transaction, bool timed_out) {
    if (!leg_ || (transaction != leg_->invite_out && transaction != leg_->refresh_out)) { return; }
    leg_->invite_out_open = false;
    if (state_ == State::leaving) {
        state_ = State::gone;
        return;
    }
    fail(turn, timed_out ? "it does not answer" : "it cannot be reached");
}

void MusicServer::on_request(Turn& turn, sip::TransactionId transaction, const sip::Message& request) {
    if (!leg_ || !leg_->dialog || state_ != State::playing) { return refuse(turn, transaction, request, 481); }
    if (!leg_->dialog->accept(request)) { return refuse(turn, transaction, request, 500); }
    switch (request.method()) {
        case sip::Method::bye:
            leg_->respond(turn, services_, transaction, sip::make_response(request, 200, leg_->local_tag));
            leg_->over = true;
            return fail(turn, "it hung up");
        case sip::Method::invite:
        case sip::Method::update:
            return on_change(turn, transaction, request);
        case sip::Method::options:
            return leg_->respond(turn, services_, transaction, sip::make_response(request, 200, leg_->local_tag));
        default:
            return refuse(turn, transaction, request, 405);
    }
}

void MusicServer::refuse(Turn& turn, sip::TransactionId transaction, const sip::Message& request, int status) {
    sip::Message response = sip::make_response(request, status, leg_ ? leg_->local_tag : std::string{});
    if (status == 405) { response.add(sip::HeaderId::allow, allowed_methods); }
    services_.layer.respond(turn.now, transaction, response, turn.sip);
    services_.index.forget(transaction);
}

// §2.6: the music server changes its part of the session; the held leg has no part in that.
void MusicServer::on_change(Turn& turn, sip::TransactionId transaction, const sip::Message& request) {
    const bool ours_is_open = leg_->invite_out_open || leg_->offer_answer.state() == Exchange::local_offer;
    if (ours_is_open) { return refuse(turn, transaction, request, 491); }
    auto& reply = leg_->timer_reply_to(request.method());
    reply = leg_->session_timer.on_request(sip::read_timer_request(request));
    if (reply.too_small) {
        sip::Message response = sip::make_response(request, 422, leg_->local_tag);
        sip::add_timer(reply, response);
        leg_->respond(turn, services_, transaction, response);
        return services_.index.forget(transaction);
    }
    leg_->sent_answer.stop();
    leg_->open_change(transaction, request, turn.now);
    answer_change(turn, request);
}

void MusicServer::answer_change(Turn& turn, const sip::Message& request) {
    if (const auto fault = check_body(request)) {
        sip::Message response = leg_->make_change_response(fault->status);
        if (!fault->header.empty()) { response.add(fault->header, fault->value); }
        add_warning(response, 399, fault->warning);
        return leg_->refuse_change(turn, services_, response);
    }
    const std::string_view sdp = sip::session_description(request);
    if (sdp.empty()) {
        const bool update = request.method() == sip::Method::update;
        const auto offer =
            update ? std::string{}
                   : write_offer(*leg_, snapshot_.config, Direction::recvonly, leg_->agreed_formats(codecs()));
        return leg_->answer_change(turn, services_, leg_->make_change_response(200), offer);
    }
    auto offer = sip::sdp::parse(sdp);
    const auto slot =
        offer ? find_slot_or_removal(*offer, leg_->slot, leg_->line_rules(snapshot_.config)) : std::nullopt;
    if (!slot || !leg_->offer_answer.on_remote_offer(std::move(*offer), codecs())) {
        return leg_->refuse_change(turn, services_, leg_->make_change_response(488));
    }
    leg_->slot = slot;
    const std::string answer =
        write_answer(*leg_, snapshot_.config, Direction::recvonly, leg_->agreed_formats(codecs()));
    leg_->answer_change(turn, services_, leg_->make_change_response(200), answer);
    describe(turn);
}

void MusicServer::on_ack(Turn& turn, const sip::Message& ack) {
    if (!leg_ || !leg_->take_ack(ack)) { return; }
    if (leg_->offer_answer.state() != Exchange::local_offer) { return; }
    auto answer = sip::sdp::parse(sip::session_description(ack));
    if (!answer || !leg_->offer_answer.on_remote_answer(std::move(*answer), codecs())) {
        leg_->withdraw_offer();
        return fail(turn, "its answer cannot be used");
    }
    describe(turn);
}

void MusicServer::on_timeout(Turn& turn) {
    if (!leg_ || state_ == State::gone) { return; }
    if (leg_->sent_answer.next_timeout() <= turn.now) {
        const auto action = leg_->sent_answer.on_timeout(turn.now);
        if (action == sip::SentAnswer::Action::retransmit) { leg_->repeat_2xx(turn, services_); }
        if (action == sip::SentAnswer::Action::give_up) { return fail(turn, "it sent no ACK"); }
    }
    serve_timer(turn);
}

// §2.8: a timer of its own.
void MusicServer::serve_timer(Turn& turn) {
    if (leg_->session_timer.next_timeout() > turn.now) { return; }
    const auto action = leg_->session_timer.on_timeout(turn.now);
    if (action == sip::SessionTimer::Action::expired) { return fail(turn, "its session expired"); }
    if (action != sip::SessionTimer::Action::refresh || leg_->refresh_out || leg_->invite_out_open) { return; }
    if (leg_->allows_update) { return leg_->send_refresh(turn, services_, call_); }
    if (leg_->offer_answer.state() != Exchange::stable) {
        return leg_->session_timer.refresh_at(turn.now + refresh_again);
    }
    leg_->send_reinvite(turn, services_, call_,
                        write_offer(*leg_, snapshot_.config, Direction::recvonly, leg_->agreed_formats(codecs())));
}

base::Instant MusicServer::next_timeout() const {
    if (!leg_ || state_ == State::gone) { return base::never; }
    return std::min(leg_->sent_answer.next_timeout(), leg_->session_timer.next_timeout());
}

void MusicServer::leave(Turn& turn, std::string_view reason) {
    if (state_ == State::gone) { return; }
    if (leg_) {
        leg_->session_timer.stop();
        leg_->sent_answer.stop();
        if (leg_->ports) { services_.engine.close_leg(turn.now, session_, side_); }
        leg_->ports.reset();
    }
    const bool unanswered = leg_ && !leg_->dialog && leg_->invite_out_open;
    if (unanswered) {
        leg_->bye_reason = reason;
        leg_->cancel_invite(turn, services_, reason);
        state_ = State::leaving;
        return;
    }
    if (leg_ && leg_->dialog) { leg_->send_bye(turn, services_, call_, reason); }
    state_ = State::gone;
}

void MusicServer::describe(Turn& turn) {
    const auto& agreed = leg_->offer_answer.agreed();
    if (!agreed || !leg_->ports) { return; }
    const auto plan = leg_->plan_media(turn.now, services_);
    if (leg_->is_described && plan == leg_->described) { return; }
    services_.engine.describe(turn.now, session_, side_, plan);
    leg_->described = plan;
    leg_->is_described = true;
}

void MusicServer::fail(Turn& turn, std::string why) {
    if (failure_.empty()) { failure_ = std::move(why); }
    leave(turn, "SIP;cause=480;text=\"music server failed\"");
    state_ = state_ == State::leaving ? state_ : State::gone;
}

}  // namespace server
