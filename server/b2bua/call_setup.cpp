// From A's INVITE to a call that is up: its offer, its route, the attempts on B one after the other, what comes back.
// RFC 3261 §13; delayed offers both ways (RFC 3725, RFC 6337 §3). One dialog towards A however B forks.
#include <algorithm>
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/call_id.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

constexpr std::size_t tag_length = 12;

}  // namespace

void Call::start(Turn& turn, sip::TransactionId transaction, sip::Message invite, const sip::Flow& flow,
                 const Trunk& trunk) {
    started_ = turn.now;
    a_ = std::make_unique<Leg>(media::Side::a, services_, flow, own_address(flow, config(), services_.setup), &trunk);
    Leg& a = *a_;
    a.local_tag = services_.random.token(tag_length);
    a.call_id = std::string{invite.first(sip::HeaderId::call_id).value_or("")};
    a.dialog = sip::Dialog::as_callee(invite, a.local_tag);
    a.invite_in = transaction;
    a.open_invite = invite;
    const auto& rules = a.renegotiation(config());
    negotiation_ = Negotiation{{rules.offerless == config::Offerless::relay, rules.timeout, {}}};
    setup_->invite = std::move(invite);
    services_.index.add_dialog(a.call_id, a.local_tag, key_, media::Side::a);
    if (!a.dialog) { return fail_setup(turn, 400, "no usable Contact or From"); }
    from_ = a.dialog->remote_address().uri.to_string();
    to_ = std::string{setup_->invite.request_uri()};
    log(turn, config::LogLevel::info, "call.started", {{"from", from_}, {"to", to_}, {"trunk", a.trunk_name()}});
    a.respond_invite(turn, services_, a.make_invite_response(100));
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
    auto offer = sip::sdp::parse(sip::session_description(invite));
    if (!offer) {
        fail_setup(turn, offer.error().status, offer.error().text);
        return false;
    }
    a.slot = find_slot(*offer, std::nullopt, a.codecs(config()));
    if (!a.slot) {
        fail_setup(turn, 488, "no audio stream over RTP/AVP with a codec of ours (RFC 3264 section 6)");
        return false;
    }
    a.wish = sip::sdp::direction_of(*offer, offer->media[*a.slot]);
    const auto taken = a.offer_answer.on_remote_offer(std::move(*offer), a.codecs(config()));
    if (!taken) {
        fail_setup(turn, taken.error().status, taken.error().text);
        return false;
    }
    return true;
}

bool Call::find_route(Turn& turn, const sip::Message& invite) {
    const auto uri = sip::Uri::parse(invite.request_uri());
    const std::string user = uri ? uri->user : std::string{};
    const std::string dialled = snapshot_->routing->rewrite_to(a_->trunk_name(), user);
    const RouteResult result = snapshot_->routing->route(RouteQuery{a_->trunk_name(), {}, dialled});
    route_ = result.name;
    for (const Target& target : result.targets) {
        if (target.kind == Target::Kind::app) {
            app_ = target.name == "echo" ? App::echo : target.name == "milliwatt" ? App::milliwatt : App::music;
            return true;
        }
        if (target.kind == Target::Kind::uri) {
            if (auto to = sip::Uri::parse(target.name)) { setup_->attempts.push_back({std::move(*to), nullptr}); }
            continue;
        }
        const Trunk* trunk = snapshot_->routing->trunk(target.name);
        if (trunk == nullptr) { continue; }
        for (auto& to : trunk->request_uris(dialled, services_.random)) {
            setup_->attempts.push_back({std::move(to), trunk});
        }
    }
    std::reverse(setup_->attempts.begin(), setup_->attempts.end());
    if (!setup_->attempts.empty()) { return true; }
    fail_setup(turn, 404, {});
    return false;
}

// A built-in end answers at once: there is only leg A.
void Call::answer_app(Turn& turn) {
    Leg& a = *a_;
    if (!open_media(turn, a)) { return fail_setup(turn, 503, "no media port is free"); }
    const bool offered = setup_->mode == Setup::Mode::offer;
    if (!offered) { a.slot = 0; }
    const Direction direction = offered ? ours_towards(a.wish, Direction::sendrecv, true) : Direction::sendrecv;
    const std::string sdp = offered ? answer_for(a, direction, {}) : offer_for(a, direction, {});
    a.answer_invite(turn, services_, a.make_invite_response(200), sdp);
    state_ = State::up;
    answered_ = turn.now;
    services_.counters.call_setup.observe(turn.now - started_);
    count_outcome("answered");
    log(turn, config::LogLevel::info, "call.answered", {{"by", "app"}});
    apply_media(turn);
}

void Call::next_attempt(Turn& turn) {
    while (!setup_->attempts.empty()) {
        setup_->current = std::move(setup_->attempts.back());
        setup_->attempts.pop_back();
        const auto transport = transport_of(setup_->current.uri, sip::Transport::udp);
        if (!transport) { continue; }
        if (const auto remote = literal_endpoint(setup_->current.uri, *transport)) { return launch(turn, *remote); }
        setup_->resolving = services_.index.resolve(key_, setup_->current.uri.host, turn.out);
        return;
    }
    const int status = setup_->last_failure == 0 ? 503 : setup_->last_failure;
    fail_setup(turn, status_towards_caller(status), "no target could be reached");
}

void Call::on_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address) {
    if (!setup_ || setup_->resolving != id) { return; }
    setup_->resolving = 0;
    if (!address) {
        log(turn, config::LogLevel::warn, "call.unresolved", {{"host", setup_->current.uri.host}});
        return next_attempt(turn);
    }
    const auto& uri = setup_->current.uri;
    const auto transport = transport_of(uri, sip::Transport::udp).value_or(sip::Transport::udp);
    launch(turn, base::Endpoint{*address, uri.port != 0 ? uri.port : sip::default_port(transport)});
}

// Each target gets a leg of its own: another dialog, another network perhaps, and so other ports.
void Call::drop_attempt(Turn& turn) {
    if (!b_) { return; }
    services_.index.remove_dialog(b_->call_id, b_->local_tag);
    services_.index.forget(b_->invite_out);
    if (b_->ports) { services_.engine.close_leg(turn.now, session_, media::Side::b); }
}

void Call::launch(Turn& turn, const base::Endpoint& remote) {
    const auto transport = transport_of(setup_->current.uri, sip::Transport::udp).value_or(sip::Transport::udp);
    const auto flow = flow_to(transport, remote, services_.setup);
    if (!flow) {
        log(turn, config::LogLevel::warn, "call.no_listener", {{"towards", remote.to_string()}});
        return next_attempt(turn);
    }
    drop_attempt(turn);
    b_ = std::make_unique<Leg>(media::Side::b, services_, *flow, own_address(*flow, config(), services_.setup),
                               setup_->current.trunk);
    Leg& b = *b_;
    if (!open_media(turn, b)) { return fail_setup(turn, 503, "no media port is free"); }
    b.call_id = make_call_id(services_.setup.shard, services_.random);
    b.local_tag = services_.random.token(tag_length);
    services_.index.add_dialog(b.call_id, b.local_tag, key_, media::Side::b);
    sip::Message invite = make_invite(setup_->current.uri);
    const std::string sdp = setup_->mode == Setup::Mode::offerless_relay ? std::string{} : offer_to_b();
    b.invite_out_offerless = sdp.empty();
    invite.set_body(sdp.empty() ? std::string_view{} : "application/sdp", sdp);
    setup_->preview.reset();
    sent_invite_ = invite;
    b.invite_out_cseq = 1;
    b.invite_out = b.send_request(turn, services_, std::move(invite));
    b.invite_out_open = true;
    services_.index.watch(b.invite_out, key_, media::Side::b);
    timers_.arm(Timer::no_answer, turn.now + config().sip.no_answer);
}

sip::Message Call::make_invite(const sip::Uri& target) {
    const Leg& b = *b_;
    const sip::Message& from_a = setup_->invite;
    sip::Message invite = sip::Message::request(sip::Method::invite, target.to_string());
    sip::NameAddr from = a_->dialog->remote_address();
    const std::string number =
        a_->trunk == nullptr ? from.uri.user : a_->trunk->rewrite_from(plain_user(from.uri.user));
    from.uri = sip::Uri{};
    from.uri.host = b.own.host;
    from.uri.host_is_v6 = b.own.host.find(':') != b.own.host.npos;
    from.uri = request_uri(from.uri, number);
    from.parameters.clear();
    from.set_parameter("tag", b.local_tag);
    sip::NameAddr to;
    to.uri = target;
    to.uri.remove_parameter("transport");
    invite.add(sip::HeaderId::from, from.to_string());
    invite.add(sip::HeaderId::to, to.to_string());
    invite.add(sip::HeaderId::call_id, b.call_id);
    invite.add(sip::HeaderId::cseq, "1 INVITE");
    invite.add(sip::HeaderId::max_forwards, std::to_string(forwards_left(from_a)));
    invite.add(sip::HeaderId::contact, b.own.contact);
    invite.add(sip::HeaderId::allow, allowed_methods);
    HeaderPolicy policy = b.header_policy();
    if (a_->trunk != nullptr && b.trunk != nullptr) {
        policy.pass_identity = a_->trunk->settings().caller_id_trust && b.trunk->settings().caller_id_trust;
    }
    if (b.trunk != nullptr) { policy.add = b.trunk->settings().headers_add; }
    pass_headers(from_a, invite, policy);
    return invite;
}

std::string Call::offer_to_b() {
    Leg& b = *b_;
    b.slot = 0;
    const bool offered = setup_->mode == Setup::Mode::offer;
    const auto* offer = offered ? a_->offer_answer.pending_offer() : nullptr;
    const Formats theirs =
        offer != nullptr && a_->slot ? usable_formats(offer->media[*a_->slot], a_->codecs(config())) : Formats{};
    return offer_for(b, ours_towards(Direction::sendrecv, a_->wish, false), theirs);
}

void Call::on_setup_response(Turn& turn, const sip::Message& response) {
    if (response.status() < 200) { return on_setup_provisional(turn, response); }
    if (response.status() < 300) { return on_setup_answer(turn, response); }
    if (try_credentials(turn, response)) { return; }
    on_setup_failure(turn, response.status(), &response);
}

void Call::on_setup_provisional(Turn& turn, const sip::Message& response) {
    Leg& a = *a_;
    if (!a.invite_in || b_->over || setup_->answered_by_b) { return; }
    if (state_ == State::routing) {
        state_ = State::ringing;
        services_.counters.call_setup.observe(turn.now - started_);
    }
    if (!sip::session_description(response).empty()) { preview(turn, response); }
    sip::Message provisional = a.make_invite_response(response.status());
    pass_dialog_headers(response, provisional, a.header_policy());
    if (setup_->preview) { provisional.set_body("application/sdp", answer_to_a(turn)); }
    a.respond_invite(turn, services_, provisional);
    apply_media(turn);
}

// SDP in an unreliable 18x shows what the answer will be (RFC 3261 §13.2.1): media flows, nothing is committed on B.
// A later one, of another fork perhaps, takes its place.
void Call::preview(Turn&, const sip::Message& response) {
    if (setup_->mode == Setup::Mode::offerless_relay) { return; }  // an offer counts only in a reliable response
    auto answer = sip::sdp::parse(sip::session_description(response));
    if (!answer || answer->media.size() != b_->offer_answer.pending_offer()->media.size()) { return; }
    if (!find_slot(*answer, b_->slot, b_->codecs(config()))) { return; }
    setup_->preview = std::move(*answer);
}

// A is answered once: what a provisional showed it, its 2xx repeats. The codec follows B's; that A gets a codec of its
// own choice in any case is the media plane's work.
std::string Call::answer_to_a(Turn& turn) {
    if (!setup_->answered.empty() || setup_->mode != Setup::Mode::offer) { return setup_->answered; }
    Leg& a = *a_;
    if (!open_media(turn, a)) { return {}; }
    Formats chosen = b_->agreed_formats(b_->codecs(config()));
    if (chosen.empty() && setup_->preview && b_->slot && *b_->slot < setup_->preview->media.size()) {
        chosen = usable_formats(setup_->preview->media[*b_->slot], b_->codecs(config()));
    }
    const Direction direction = ours_towards(a.wish, b_->wish, false);
    setup_->answered = answer_for(a, direction, chosen);
    return setup_->answered;
}

void Call::on_setup_answer(Turn& turn, const sip::Message& response) {
    Leg& b = *b_;
    if (setup_->answered_by_b) {  // a repetition, or another fork
        const auto to = response.first(sip::HeaderId::to);
        if (to && sip::tag_of(*to) != b.dialog->remote_tag()) { return on_fork(turn, response); }
        if (b.sent_ack.acknowledged(b.invite_out_cseq)) { b.repeat_ack(turn, services_); }
        return;
    }
    b.dialog = sip::Dialog::as_caller(*sent_invite_, response);
    if (!b.dialog) { return on_setup_failure(turn, 502, nullptr); }
    b.dialog->confirm(response);
    setup_->answered_by_b = true;
    timers_.disarm(Timer::no_answer);
    b.ack_owed = true;
    const bool wanted = !b.over && state_ != State::ending && a_->invite_in;
    b.over = false;
    if (!wanted) {  // it crossed our CANCEL
        b.send_ack(turn, services_, declining_answer(response));
        b.send_bye(turn, services_, key_, b.bye_reason);
        return;
    }
    if (setup_->mode == Setup::Mode::offerless_relay) { return pass_offer_to_a(turn, response); }
    if (!take_answer_of_b(response)) {
        b.acknowledge_stale(turn, services_, b.codecs(config()));
        b.send_bye(turn, services_, key_, "SIP;cause=488;text=\"no usable answer\"");
        return fail_setup(turn, 488, "the answer of the other side cannot be used");
    }
    b.send_ack(turn, services_, {});
    if (!open_media(turn, *a_)) {
        b.send_bye(turn, services_, key_, "SIP;cause=503");
        return fail_setup(turn, 503, "no media port is free");
    }
    std::string sdp = answer_to_a(turn);
    if (setup_->mode == Setup::Mode::offerless_local) {
        a_->slot = 0;
        sdp = offer_for(*a_, ours_towards(Direction::sendrecv, b.wish, false), b.agreed_formats(b.codecs(config())));
    }
    answer_a(turn, response, sdp);
}

void Call::answer_a(Turn& turn, const sip::Message& from_b, const std::string& sdp) {
    if (state_ == State::routing) { services_.counters.call_setup.observe(turn.now - started_); }
    sip::Message response = a_->make_invite_response(200);
    pass_dialog_headers(from_b, response, a_->header_policy());
    a_->answer_invite(turn, services_, std::move(response), sdp, setup_->mode == Setup::Mode::offerless_relay);
    setup_->preview.reset();
    state_ = State::up;
    answered_ = turn.now;
    count_outcome("answered");
    log(turn, config::LogLevel::info, "call.answered", {{"by", b_->flow.remote.to_string()}});
    apply_media(turn);
}

bool Call::take_answer_of_b(const sip::Message& response) {
    Leg& b = *b_;
    auto answer = sip::session_description(response).empty() && setup_->preview
                      ? sip::sdp::Result<sip::sdp::Session>{*setup_->preview}
                      : sip::sdp::parse(sip::session_description(response));
    if (!answer) { return false; }
    if (!b.offer_answer.on_remote_answer(std::move(*answer), b.codecs(config()))) { return false; }
    take_wish_of_answer(b);
    return true;
}

// Delayed offer, relayed: B's offer in its 2xx goes to A in ours; B's ACK waits for A's (RFC 3725 §4.1).
void Call::pass_offer_to_a(Turn& turn, const sip::Message& response) {
    Leg& a = *a_;
    Leg& b = *b_;
    auto offer = sip::sdp::parse(sip::session_description(response));
    if (offer) { b.slot = find_slot(*offer, std::nullopt, b.codecs(config())); }
    const bool usable =
        offer && b.slot && b.offer_answer.on_remote_offer(*offer, b.codecs(config())) && open_media(turn, a);
    if (!usable) {
        b.acknowledge_stale(turn, services_, b.codecs(config()));
        b.send_bye(turn, services_, key_, "SIP;cause=488;text=\"no usable offer\"");
        return fail_setup(turn, 488, "the offer of the other side cannot be used");
    }
    b.wish = sip::sdp::direction_of(*offer, offer->media[*b.slot]);
    a.slot = 0;
    const Formats theirs = usable_formats(offer->media[*b.slot], b.codecs(config()));
    answer_a(turn, response, offer_for(a, ours_towards(Direction::sendrecv, b.wish, false), theirs));
}

void Call::on_setup_ack(Turn& turn, const sip::Message& ack) {
    Leg& a = *a_;
    const bool offered = setup_->mode == Setup::Mode::offer;
    const bool relayed = setup_->mode == Setup::Mode::offerless_relay && app_ == App::none;
    if (!offered) {
        auto answer = sip::sdp::parse(sip::session_description(ack));
        if (!answer || !a.offer_answer.on_remote_answer(std::move(*answer), a.codecs(config()))) {
            setup_.reset();
            a.offer_answer.withdraw_offer();
            return end(turn, "SIP;cause=488;text=\"no usable answer in the ACK\"");
        }
        take_wish_of_answer(a);
    }
    if (relayed) {
        Leg& b = *b_;
        const Formats chosen = a.agreed_formats(a.codecs(config()));
        b.send_ack(turn, services_, answer_for(b, ours_towards(b.wish, a.wish, false), chosen));
    }
    setup_.reset();
    apply_media(turn);
}

// Where our INVITE brought no offer, the 2xx did, and the ACK owes it an answer even if the dialog ends at once.
std::string Call::declining_answer(const sip::Message& response) const {
    if (!sent_invite_->body().empty() || !b_->ports) { return {}; }
    const auto offer = sip::sdp::parse(sip::session_description(response));
    return offer ? b_->decline(*offer) : std::string{};
}

bool Call::on_late_answer(Turn& turn, const sip::Message& response) {
    const bool ours = sent_invite_ && response.first(sip::HeaderId::cseq) == sent_invite_->first(sip::HeaderId::cseq);
    const auto to = response.first(sip::HeaderId::to);
    if (!ours || !b_ || !b_->dialog || !to || sip::tag_of(*to) == b_->dialog->remote_tag()) { return false; }
    on_fork(turn, response);
    return true;
}

// A further 2xx with another To tag: one call has one dialog on each side, so this one ends at once (§13.2.2.4).
void Call::on_fork(Turn& turn, const sip::Message& response) {
    constexpr std::size_t max_forks = 8;
    const auto to = response.first(sip::HeaderId::to);
    const std::string tag{to ? sip::tag_of(*to) : std::string_view{}};
    auto fork = sip::Dialog::as_caller(*sent_invite_, response);
    if (!fork || forked_tags_.size() >= max_forks) { return; }
    fork->confirm(response);
    const sip::Flow way = next_flow(*fork, b_->flow, services_.setup);
    sip::Message ack = fork->make_ack(fork->local_cseq());
    const std::string sdp = declining_answer(response);
    ack.set_body(sdp.empty() ? std::string_view{} : "application/sdp", sdp);
    for (const auto field : {sip::HeaderId::authorization, sip::HeaderId::proxy_authorization}) {
        if (const auto value = sent_invite_->first(field)) { ack.add(field, *value); }  // as the INVITE's (§13.2.2.4)
    }
    turn.sip.send.push_back(services_.layer.make_stateless(std::move(ack), way, b_->own.sent_by));
    if (std::find(forked_tags_.begin(), forked_tags_.end(), tag) != forked_tags_.end()) { return; }
    forked_tags_.push_back(tag);
    sip::Message bye = fork->make_request(sip::Method::bye);
    b_->authorize(bye, services_);
    services_.layer.send_request(turn.now, std::move(bye), way, b_->own.sent_by, turn.sip);
}

void Call::on_setup_failure(Turn& turn, int status, const sip::Message* response) {
    if (setup_->answered_by_b) { return; }
    setup_->last_failure = status;
    if (b_->over || state_ == State::ending) { return; }  // cancelled: A has its final response
    if (!setup_->attempts.empty() && is_failover(status)) {
        log(turn, config::LogLevel::info, "call.failover", {{"status", std::to_string(status)}});
        return next_attempt(turn);
    }
    leg_over(*b_);
    fail_setup(turn, status_towards_caller(status), {}, response);
}

// 401 or 407 to our INVITE: again with the trunk's own credentials; A's never cross, nor does B's realm.
bool Call::try_credentials(Turn& turn, const sip::Message& response) {
    Leg& b = *b_;
    if (b.over || !b.take_challenge(response)) { return false; }
    sip::Message invite = *sent_invite_;
    invite.set(sip::HeaderId::cseq, std::to_string(++b.invite_out_cseq) + " INVITE");
    b.authorize(invite, services_);
    sent_invite_ = invite;
    services_.index.forget(b.invite_out);
    b.invite_out = b.send_request(turn, services_, std::move(invite));
    b.invite_out_open = true;
    services_.index.watch(b.invite_out, key_, media::Side::b);
    return true;
}

void Call::fail_setup(Turn& turn, int status, std::string_view warning, const sip::Message* from_b) {
    Leg& a = *a_;
    if (ended_by_.empty()) { ended_by_ = "SIP;cause=" + std::to_string(status); }
    count_outcome(outcome_of(status));
    if (a.invite_in) {
        sip::Message response = a.make_invite_response(status);
        if (!warning.empty()) { add_warning(response, 399, warning); }
        if (from_b != nullptr) {
            pass_dialog_headers(*from_b, response, a.header_policy());
            if (const auto after = from_b->first(sip::HeaderId::retry_after)) {
                response.add(sip::HeaderId::retry_after, *after);
            }
        }
        a.respond_invite(turn, services_, response);
    }
    leg_over(a);
    if (b_ && !b_->bye_sent && !b_->over) { abandon_b(turn, {}); }
    enter_ending(turn);
}

void Call::count_outcome(std::string_view outcome) {
    if (std::exchange(setup_counted_, true)) { return; }
    ++services_.counters.calls_total[{"in", a_->trunk_name(), std::string{outcome}}];
    if (b_) { ++services_.counters.calls_total[{"out", b_->trunk_name(), std::string{outcome}}]; }
}

}  // namespace server
