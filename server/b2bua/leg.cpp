#include "server/b2bua/leg.hpp"

#include <utility>

#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/request_checks.hpp"
#include "sip/dialog/session_timer_fields.hpp"
#include "sip/message/cseq.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

constexpr std::string_view sdp_type = "application/sdp";

bool is_browser(const Party& party, const sip::Flow& way) {
    const auto profile = party.user == nullptr ? config::Profile::automatic : party.user->settings.profile;
    return profile == config::Profile::automatic ? sip::is_websocket(way.transport)
                                                 : profile == config::Profile::browser;
}

std::uint64_t sdp_session_id(base::Random& random) {
    // RFC 8866 §5.2 asks for uniqueness only; ten digits suit parsers that keep 32 bits unsigned less well but all
    // know 63.
    return 1'000'000'000 + random.below(3'000'000'000);
}

}  // namespace

Leg::Leg(media::Side which, const Services& services, sip::Flow way, OwnAddress address, Party of, CallRecord& of_call)
    : Fork{sdp_session_id(services.random), address.origin()},
      side{which},
      flow{way},
      own{std::move(address)},
      party{of},
      record{of_call},
      session_timer{services.session_timers},
      sent_answer{services.timers},
      webrtc{is_browser(of, way)},
      srtp_secret{media::SrtpSecret::make(services.random)},
      certificate{services.setup.certificate} {}

sip::Flow next_flow(const sip::Dialog& dialog, const sip::Flow& last, const CoreSetup& setup) {
    // A browser is where its WebSocket is, whatever its Contact says (RFC 7118 §5.2).
    if (sip::is_websocket(last.transport)) { return last; }
    const sip::Uri& hop = dialog.next_hop();
    const auto transport = transport_of(hop, last.transport);
    if (!transport) { return last; }
    const auto remote = literal_endpoint(hop, *transport);
    if (!remote) { return last; }
    auto next = flow_to(hop, *transport, *remote, setup);
    if (!next) { return last; }
    // A peer that opened a stream to us is reached over it while it stands, whatever its Contact says.
    if (next->transport == last.transport) { next->connection = last.connection; }
    // Whoever was verified at the start is who has to be there still, wherever its Contact leads.
    if (sip::is_secure(next->transport) && !last.domain.empty()) { next->domain = last.domain; }
    return *next;
}

sip::Flow Leg::next_flow(const CoreSetup& setup) const { return way_to(*dialog, setup); }

bool Leg::take_challenge(const sip::Message& response) {
    if (response.status() != 401 && response.status() != 407) { return false; }
    if (party.trunk == nullptr || !party.trunk->settings().auth) { return false; }
    const auto& auth = *party.trunk->settings().auth;
    if (!digest) { digest = std::make_unique<sip::DigestClient>(auth.user, auth.password); }
    return digest->on_challenge(response);
}

void Leg::authorize(sip::Message& request, const Services& services) {
    if (!digest || !digest->has_challenge()) { return; }
    digest->authorize(request, services.random.token(24));
    if (request.method() != sip::Method::invite) { return; }
    for (const auto field : {sip::HeaderId::authorization, sip::HeaderId::proxy_authorization}) {
        if (const auto value = request.first(field)) { invite_credentials = Credentials{field, std::string{*value}}; }
    }
}

sip::TransactionId Leg::send_request(Turn& turn, const Services& services, sip::Message request) {
    if (dialog) { authorize(request, services); }
    const sip::Flow way = dialog ? next_flow(services.setup) : flow;
    ++services.counters.requests_out[{request.method(), way.transport}];
    record.note_sent(turn.now, side, request);
    return services.layer.send_request(turn.now, std::move(request), way, own.sent_by, turn.sip);
}

void Leg::respond(Turn& turn, const Services& services, sip::TransactionId transaction, const sip::Message& response) {
    ++services.counters.responses_out[{response.method(), response.status()}];
    record.note_sent(turn.now, side, response);
    services.layer.respond(turn.now, transaction, response, turn.sip);
}

sip::Message Leg::make_invite_response(int status) const {
    sip::Message response = sip::make_response(*open_invite, status, local_tag);
    if (status > 100 && status < 300) {
        response.add(sip::HeaderId::contact, own.contact);
        response.add(sip::HeaderId::allow, allowed_methods);
    }
    const bool opens = !dialog || dialog->state() == sip::Dialog::State::early;
    if (status >= 200 && status < 300 && opens) { response.add(sip::HeaderId::supported, supported_options); }
    return response;
}

void Leg::respond_invite(Turn& turn, const Services& services, const sip::Message& response) {
    if (!invite_in) { return; }
    respond(turn, services, invite_in, response);
    if (response.status() < 300) { return; }
    open_invite.reset();
    const auto refused = std::exchange(invite_in, {});
    const bool in_dialog = dialog && dialog->state() != sip::Dialog::State::early;
    services.index.forget(in_dialog ? std::exchange(refused_invite, refused) : refused);
}

void Leg::answer_invite(Turn& turn, const Services& services, sip::Message response, const std::string& sdp,
                        bool for_far) {
    response.set_body(sdp.empty() ? std::string_view{} : sdp_type, sdp);
    const auto cseq = dialog ? open_invite->first(sip::HeaderId::cseq) : std::nullopt;
    const auto parsed = cseq ? sip::CSeq::parse(*cseq) : std::nullopt;
    if (dialog) {
        dialog->refresh_target(*open_invite);
        dialog->confirm(response);
    }
    add_timer(turn.now, timer_reply, response);
    respond(turn, services, invite_in, response);
    sent_answer.on_2xx_sent(turn.now, parsed ? parsed->number : 0, for_far ? services.timers.t2 : base::Duration{});
    last_2xx = std::move(response);
    services.index.forget(invite_in);
    last_2xx_transaction = std::exchange(invite_in, {});
    open_invite.reset();
}

void Leg::open_change(sip::TransactionId transaction, const sip::Message& request, base::Instant now) {
    const bool update = request.method() != sip::Method::invite;
    (update ? update_in : invite_in) = transaction;
    (update ? open_update : open_invite) = request;
    change = Change{};
    change.method = request.method();
    change.asked_at = now;
    learn(request);
}

sip::Message Leg::make_change_response(int status) const {
    if (change.method == sip::Method::invite) { return make_invite_response(status); }
    sip::Message response = sip::make_response(*open_update, status, local_tag);
    if (status < 300) {
        response.add(sip::HeaderId::contact, own.contact);
        response.add(sip::HeaderId::allow, allowed_methods);
    }
    return response;
}

void Leg::refuse_change(Turn& turn, const Services& services, const sip::Message& response) {
    if (change.method == sip::Method::invite) { return respond_invite(turn, services, response); }
    respond(turn, services, std::exchange(update_in, {}), response);
    open_update.reset();
}

void Leg::answer_change(Turn& turn, const Services& services, sip::Message response, const std::string& sdp,
                        bool for_far) {
    if (change.method == sip::Method::invite) {
        return answer_invite(turn, services, std::move(response), sdp, for_far);
    }
    response.set_body(sdp.empty() ? std::string_view{} : sdp_type, sdp);
    if (change.method == sip::Method::update) {
        add_timer(turn.now, update_timer_reply, response);
        dialog->refresh_target(*open_update);
    }
    respond(turn, services, std::exchange(update_in, {}), response);
    open_update.reset();
}

void Leg::answer_without_session(Turn& turn, const Services& services, sip::TransactionId transaction,
                                 const sip::Message& update, const sip::SessionTimerReply& timer) {
    learn(update);
    dialog->refresh_target(update);
    sip::Message response = sip::make_response(update, 200, local_tag);
    response.add(sip::HeaderId::contact, own.contact);
    response.add(sip::HeaderId::allow, allowed_methods);
    add_timer(turn.now, timer, response);
    respond(turn, services, transaction, response);
}

void Leg::learn(const sip::Message& message) {
    if (webrtc) { return; }  // some versions of SIP.js name UPDATE and do not answer it
    if (message.count(sip::HeaderId::allow) == 0) { return; }
    allows_update = false;
    message.for_each(sip::HeaderId::allow,
                     [&](std::string_view method) { allows_update = allows_update || method == "UPDATE"; });
}

void Leg::count_refused(const Services& services, const sip::sdp::Refusal& why) const {
    ++services.counters.offers_refused[{trunk_name(), why.rule}];
}

void expect_music(Leg* held, base::Instant now) {
    if (held != nullptr && !held->music) { held->music_start.ask(now); }
}

bool hears_music_alone(const Leg& leg) {
    return leg.source == media::Source::music || leg.source == media::Source::server;
}

void settle_music(Leg* held, base::Instant now) {
    if (held == nullptr) { return; }
    held->music_start.settle(now, hears_music_alone(*held) && held->described.send);
}

bool Leg::take_ack(const sip::Message& ack) {
    const auto cseq = ack.first(sip::HeaderId::cseq);
    const auto parsed = cseq ? sip::CSeq::parse(*cseq) : std::nullopt;
    if (!parsed || !sent_answer.on_ack(parsed->number)) { return false; }  // a repetition, or of nothing: absorbed
    last_2xx.reset();
    return true;
}

bool Leg::take_end_of_refusal(sip::TransactionId invite) {
    return refused_invite && refused_invite == invite && std::exchange(refused_invite, {});
}

void Leg::repeat_2xx(Turn& turn, const Services& services) {
    if (!last_2xx) { return; }
    record.note_sent(turn.now, side, *last_2xx);
    services.layer.respond(turn.now, last_2xx_transaction, *last_2xx, turn.sip);
}

void Leg::send_reinvite(Turn& turn, const Services& services, CallKey call, const std::string& sdp) {
    sip::Message request = make_change_request(sip::Method::invite);
    request.set_body(sdp.empty() ? std::string_view{} : sdp_type, sdp);
    if (invite_out) {
        services.index.forget(invite_out);
        keep_acks(services);
        if (!first_invite_.id) { first_invite_ = {invite_out, invite_out_offerless}; }
    }
    invite_out_cseq = dialog->local_cseq();
    invite_out = send_request(turn, services, std::move(request));
    invite_out_open = true;
    invite_out_offerless = sdp.empty();
    services.index.watch(invite_out, call, side);
}

void Leg::send_update(Turn& turn, const Services& services, CallKey call, const std::string& sdp) {
    sip::Message request = make_change_request(sip::Method::update);
    request.set_body(sdp_type, sdp);
    update_out = send_request(turn, services, std::move(request));
    services.index.watch(update_out, call, side);
}

void Leg::send_refresh(Turn& turn, const Services& services, CallKey call) {
    refresh_out = send_request(turn, services, make_change_request(sip::Method::update));
    services.index.watch(refresh_out, call, side);
}

// INVITE or UPDATE in the dialog.
sip::Message Leg::make_change_request(sip::Method method) {
    sip::Message request = dialog->make_request(method, own.contact);
    request.add(sip::HeaderId::allow, allowed_methods);
    request.add(sip::HeaderId::supported, supported_in_dialog);
    sip::add_timer(session_timer, request);
    return request;
}

void Leg::add_timer(base::Instant now, const sip::SessionTimerReply& reply, sip::Message& response) {
    if (webrtc) { return; }  // its WebSocket tells whether it is alive
    if (response.count(sip::HeaderId::supported) == 0) { response.add(sip::HeaderId::supported, supported_in_dialog); }
    sip::add_timer(reply, response);
    session_timer.on_2xx_sent(now, reply.session_expires);
}

void Leg::send_prack(Turn& turn, const Services& services, CallKey call, const sip::RAck& rack,
                     const std::string& sdp) {
    sip::Message request = dialog->make_request(sip::Method::prack);
    request.add(sip::HeaderId::rack, rack.to_string());
    request.set_body(sdp.empty() ? std::string_view{} : sdp_type, sdp);
    prack = Prack{send_request(turn, services, std::move(request)), rack, sdp};
    services.index.watch(prack.transaction, call, side);
}

void Leg::cancel_invite(Turn& turn, const Services& services, std::string_view reason) {
    if (!invite_out_open || cancelled == invite_out) { return; }
    cancelled = invite_out;
    const std::size_t before = turn.sip.send.size();
    services.layer.cancel(turn.now, invite_out, reason, turn.sip);
    record.note_cancel(turn.now, side, call_id, invite_out_cseq, turn.sip.send.size() > before);
}

void Leg::send_ack(Turn& turn, const Services& services, const std::string& sdp) {
    ack_owed = answer_owed = false;
    sent_ack.on_ack_sent(invite_out_cseq, std::string{sdp.empty() ? std::string_view{} : sdp_type}, sdp);
    repeat_ack(turn, services);
}

void Leg::repeat_ack(Turn& turn, const Services& services) {
    sip::Message ack = dialog->make_ack(invite_out_cseq);
    if (invite_credentials) { ack.add(invite_credentials->field, invite_credentials->value); }
    ack.set_body(sent_ack.body_type(), sent_ack.body());
    const sip::Flow way = next_flow(services.setup);
    ++services.counters.requests_out[{sip::Method::ack, way.transport}];
    record.note_sent(turn.now, side, ack);
    turn.sip.send.push_back(services.layer.make_stateless(std::move(ack), way, own.sent_by));
}

bool Leg::send_bye(Turn& turn, const Services& services, CallKey call, std::string_view reason) {
    if (bye_sent || over || !dialog) { return false; }
    bye_sent = true;
    bye_when_acknowledged = false;
    bye_reason = std::string{reason};
    sip::Message bye = dialog->make_request(sip::Method::bye);
    if (!bye_reason.empty()) { bye.add(sip::HeaderId::reason, bye_reason); }
    bye_out = send_request(turn, services, std::move(bye));
    services.index.watch(bye_out, call, side);
    return true;
}

void Leg::forget(const Services& services) const {
    services.index.remove_dialog(call_id, local_tag);
    keep_acks(services);
    for (const auto transaction : {invite_out, invite_in, refused_invite, update_out, refresh_out, bye_out}) {
        services.index.forget(transaction);
    }
}

}  // namespace server
