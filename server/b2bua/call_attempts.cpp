// The attempts to reach B, one after the other, but for the devices of a user (call_devices.cpp): each a leg, a dialog
// and ports of its own, and an INVITE written for its trunk (RFC 3261 §8.1.1, §16.7).
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/call_id.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "server/b2bua/words.hpp"
#include "sip/dialog/session_timer_fields.hpp"

namespace server {
namespace {

// No offer came in an early dialog: nobody knows yet of a session that a new INVITE would change.
bool has_said_nothing(const Leg& b) {
    const bool is_new = b.offer_answer.state() == sip::sdp::OfferAnswer::State::stable && !b.offer_answer.agreed();
    return is_new && b.early.others().empty();
}

}  // namespace

void Call::next_attempt(Turn& turn) {
    while (!setup_->attempts.empty()) {
        setup_->current = std::move(setup_->attempts.back());
        setup_->attempts.pop_back();
        const bool rings_with_others = !setup_->attempts.empty() && setup_->attempts.back().joins;
        if (rings_with_others) { return devices_->ring(turn); }
        if (setup_->current.flow) { return launch(turn, setup_->current.flow); }
        const auto& uri = setup_->current.uri;
        const auto transport = transport_of(uri, sip::Transport::udp);
        if (!transport) { continue; }
        if (const auto remote = literal_endpoint(uri, *transport)) {
            return launch(turn, flow_to(uri, *transport, *remote, services_.setup));
        }
        setup_->resolving = services_.index.resolve(key_, uri.host, turn.out);
        return;
    }
    const int status = setup_->last_failure == 0 ? 503 : setup_->last_failure;
    fail_setup(turn, status_towards_caller(status), "no target could be reached");
}

void Call::on_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address) {
    for (const auto held : {media::Side::a, media::Side::b}) {
        if (auto& server = music_server(held)) {
            server->on_resolved(turn, id, address);
            after_music_server(turn, held);
        }
    }
    if (!setup_ || setup_->resolving != id) { return; }
    setup_->resolving = 0;
    if (!address) {
        log(turn, config::LogLevel::warn, "call.unresolved", {{"host", setup_->current.uri.host}});
        explain(turn, "no address is known for " + setup_->current.uri.host);
        return next_attempt(turn);
    }
    const auto& uri = setup_->current.uri;
    const auto transport = transport_of(uri, sip::Transport::udp).value_or(sip::Transport::udp);
    const base::Endpoint remote{*address, uri.port != 0 ? uri.port : sip::default_port(transport)};
    launch(turn, flow_to(uri, transport, remote, services_.setup));
}

// Each target gets a leg of its own: another dialog, another network perhaps, and so other ports.
void Call::drop_attempt(Turn& turn) {
    if (!b_) { return; }
    services_.index.remove_dialog(b_->call_id, b_->local_tag);
    services_.index.forget(b_->invite_out);
    b_->forget_pracks(services_);
    drop_streams_of(turn, media::Side::b);
    b_->close_media(turn.now, services_, session_);
    b_.reset();
}

void Call::launch(Turn& turn, const std::optional<sip::Flow>& flow) {
    const auto& host = setup_->current.uri.host;
    if (!flow) {
        log(turn, config::LogLevel::warn, "call.no_listener", {{"towards", host}});
        explain(turn, "no listener of ours reaches " + host);
        return next_attempt(turn);
    }
    drop_attempt(turn);
    devices_->begin();
    make_leg_b(turn, *flow);
    if (!open_media(turn, *b_)) { return fail_setup(turn, 503, "no media port is free"); }
    invite_b(turn);
}

void Call::make_leg_b(Turn& turn, const sip::Flow& flow) {
    const bool sips = setup_->current.uri.scheme == sip::Uri::Scheme::sips;
    b_ = std::make_unique<Leg>(media::Side::b, services_, flow, own_address(flow, config(), services_.setup, sips),
                               setup_->current.party, record_);
    explain(turn, words::trying(*b_));
}

void Call::invite_b(Turn& turn) {
    Leg& b = *b_;
    b.call_id = make_call_id(services_.setup.shard, services_.random);
    b.local_tag = services_.random.token(tag_length);
    b.owns_call_id = true;
    negotiation_.set_rules(media::Side::b, b.negotiation_rules(config()));
    services_.index.add_dialog(b.call_id, b.local_tag, key_, media::Side::b);
    sip::Message invite = make_invite(setup_->current);
    // Where A was told of another target's offer, this one gets ours.
    const bool offerless = setup_->mode == Setup::Mode::offerless_relay && setup_->session.empty();
    const std::string sdp = offerless ? std::string{} : offer_to_b(turn);
    b.invite_out_offerless = sdp.empty();
    invite.set_body(sdp.empty() ? std::string_view{} : "application/sdp", sdp);
    b.sent_invite = invite;
    b.early.begin(b);
    b.invite_out_cseq = 1;
    b.invite_out = b.send_request(turn, services_, std::move(invite));
    b.invite_out_open = true;
    services_.index.watch(b.invite_out, key_, media::Side::b);
    timers_.arm(Timer::no_answer, turn.now + ring_time());
}

sip::Message Call::make_invite(const Attempt& attempt) {
    const Leg& b = *b_;
    const sip::Message& from_a = setup_->invite;
    sip::Message invite = sip::Message::request(sip::Method::invite, attempt.request_uri());
    const sip::NameAddr from = a_->shown_to(b);
    sip::NameAddr to;
    to.uri = b.address_of(attempt.uri);
    invite.add(sip::HeaderId::from, from.to_string());
    invite.add(sip::HeaderId::to, to.to_string());
    invite.add(sip::HeaderId::call_id, b.call_id);
    invite.add(sip::HeaderId::cseq, "1 INVITE");
    invite.add(sip::HeaderId::max_forwards, std::to_string(forwards_left(from_a)));
    invite.add(sip::HeaderId::contact, b.own.contact);
    invite.add(sip::HeaderId::allow, allowed_methods);
    invite.add(sip::HeaderId::supported, b.webrtc ? supported_in_dialog : supported_options);
    sip::add_timer(b.session_timer, invite);
    HeaderPolicy policy = b.header_policy();
    const Trunk* const from_trunk = a_->party.trunk;
    const Trunk* const to_trunk = b.party.trunk;
    if (from_trunk != nullptr && to_trunk != nullptr) {
        policy.pass_identity = from_trunk->settings().caller_id_trust && to_trunk->settings().caller_id_trust;
    }
    if (to_trunk != nullptr) { policy.add = to_trunk->settings().headers_add; }
    pass_headers(from_a, invite, policy);
    return invite;
}

std::string Call::offer_to_b(Turn& turn) {
    Leg& b = *b_;
    b.slot = 0;
    const auto& agreed = a_->offer_answer.agreed();  // with A, while another target was tried
    const auto* said = agreed ? &agreed->local : a_->offer_answer.pending_offer();
    const Formats theirs =
        said != nullptr && a_->slot ? usable_formats(said->media[*a_->slot], a_->codecs(config())) : Formats{};
    return offer_for(turn, b, ours_towards(Direction::sendrecv, a_->wish, false), theirs);
}

// 401 or 407 to our INVITE: again with the trunk's own credentials; A's never cross, nor does B's realm. 422: again
// with a longer interval of the session timer. 415 or 488: with an offer, if it had none; many ends cannot make the
// first one.
bool Call::invite_again(Turn& turn, const sip::Message& response) {
    Leg& b = *b_;
    const bool longer = note_session_timer(turn, b, response);
    const bool heals = a_->renegotiation(config()).on_refusal == config::OnRefusal::heal;
    const bool refused = response.status() == 415 || response.status() == 488;
    const bool offers = heals && refused && b.invite_out_offerless && has_said_nothing(b);
    if (b.over || (!longer && !offers && !b.take_challenge(response))) { return false; }
    explain(turn, longer   ? words::partner(b) + " wants a longer session interval"
                  : offers ? words::partner(b) + " is asked once more, with an offer made here"
                           : words::challenged(b));
    b.early.begin_anew(b);
    sip::Message invite = *b.sent_invite;
    if (offers) {
        setup_->mode = Setup::Mode::offerless_local;
        b.invite_out_offerless = false;
        invite.set_body("application/sdp", offer_to_b(turn));
    }
    invite.set(sip::HeaderId::cseq, std::to_string(++b.invite_out_cseq) + " INVITE");
    sip::add_timer(b.session_timer, invite);
    b.authorize(invite, services_);
    b.sent_invite = invite;
    services_.index.forget(b.invite_out);
    b.invite_out = b.send_request(turn, services_, std::move(invite));
    b.invite_out_open = true;
    services_.index.watch(b.invite_out, key_, media::Side::b);
    return true;
}

}  // namespace server
