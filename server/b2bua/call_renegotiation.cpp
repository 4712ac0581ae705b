// Re-INVITEs of a call that is up: read, given to the two-leg machine (negotiation.hpp), its actions carried out.
// RFC 3261 §14, RFC 3264 §8, RFC 6337 §3.4, §5.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

std::string_view letter(media::Side side) { return side == media::Side::a ? "a" : "b"; }

}  // namespace

void Call::on_reinvite(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    if (state_ == State::ending) { return refuse_request(turn, leg, transaction, request, 481); }
    if (leg.invite_in) {  // §14.2: a second one before the first is answered
        return refuse_request(turn, leg, transaction, request, 500, std::to_string(services_.random.below(11)));
    }
    const Leg* peer = other(leg);
    const bool unacknowledged = leg.sent_answer.awaits_ack() || (peer != nullptr && peer->sent_answer.awaits_ack());
    const bool asked = leg.invite_out_open || (peer != nullptr && peer->invite_out_open);
    if (setup_ || unacknowledged || asked || !negotiation_.accepts_request()) {
        ++services_.counters.renegotiations_total[{std::string{letter(leg.side)}, "offer", "glare"}];
        return refuse_request(turn, leg, transaction, request, 491);
    }
    leg.invite_in = transaction;
    leg.open_invite = request;
    leg.respond_invite(turn, services_, leg.make_invite_response(100));
    asked_at_ = turn.now;
    const auto kind = read_reinvite(turn, leg, request);
    if (!kind) { return; }
    ++renegotiations_;
    Negotiation::Actions actions;
    negotiation_.on_request(turn.now, leg.side, *kind, actions);
    run(turn, actions);
}

// What it asks for; nullopt: it was refused, and nothing has changed.
std::optional<Negotiation::Request> Call::read_reinvite(Turn& turn, Leg& leg, const sip::Message& request) {
    if (sip::session_description(request).empty()) {
        kind_ = "offerless";
        unchanged_offer_ = false;
        if (other(leg) == nullptr) { return Negotiation::Request::offerless_here; }
        if (leg.hold(config()).on_offerless == config::OnOfferless::immediate) {
            leg.offerless_open = true;
            music_asked_ = turn.now;
            apply_media(turn);  // the first packet of the music leaves here
        }
        return Negotiation::Request::offerless;
    }
    auto refuse = [&](const sip::sdp::Refusal& refusal) {
        sip::Message response = leg.make_invite_response(refusal.status);
        add_warning(response, refusal.warning_code, refusal.text);
        leg.respond_invite(turn, services_, response);
        ++services_.counters.renegotiations_total[{std::string{letter(leg.side)}, "offer", "refused"}];
        return std::nullopt;
    };
    auto offer = sip::sdp::parse(sip::session_description(request));
    if (!offer) { return refuse(offer.error()); }
    const auto slot = find_slot(*offer, leg.slot, leg.codecs(config()));
    if (!slot) {
        return refuse({488, 305, "no audio stream over RTP/AVP with a codec of ours (RFC 3264 section 6)", "no_codec"});
    }
    const auto before = leg.offer_answer.agreed();
    const sip::sdp::Session now = *offer;
    const auto taken = leg.offer_answer.on_remote_offer(std::move(*offer), leg.codecs(config()));
    if (!taken) { return refuse(taken.error()); }
    leg.slot_before = std::exchange(leg.slot, slot);
    leg.pending_wish = sip::sdp::direction_of(now, now.media[*slot]);
    unchanged_offer_ = taken->unchanged;
    const bool concerns =
        !before || concerns_far_leg(before->remote, now, *slot, leg.codecs(config())) || leg.pending_wish != leg.wish;
    kind_ = leg.pending_wish == leg.wish ? (concerns ? "codec" : "refresh")
            : holds(leg.pending_wish)    ? "hold"
                                         : "resume";
    const Leg* peer = other(leg);
    if (peer == nullptr) { return Negotiation::Request::here; }
    if (!concerns) {
        const bool relayed = leg.renegotiation(config()).relay_refresh;
        return relayed ? Negotiation::Request::change : Negotiation::Request::here;
    }
    const bool absorbed = kind_ != "codec" && peer->hold(config()).signal == config::HoldSignal::absorb;
    return absorbed ? Negotiation::Request::here : Negotiation::Request::change;
}

void Call::on_reinvite_response(Turn& turn, Leg& far, const sip::Message& response) {
    const int status = response.status();
    if (status < 200) { return; }  // SDP in an unreliable 18x of a re-INVITE is a preview of no use here
    if (status < 300) {
        const auto to = response.first(sip::HeaderId::to);
        if (far.side == media::Side::b && to && sip::tag_of(*to) != far.dialog->remote_tag()) {
            return on_fork(turn, response);
        }
        if (far.sent_ack.acknowledged(far.invite_out_cseq)) { return far.repeat_ack(turn, services_); }
        if (far.ack_owed) { return; }  // waits for near's answer; the peer repeats its 2xx meanwhile
        far.ack_owed = true;
        far.dialog->refresh_target(response);
    }
    if (reinvite_again(turn, far, response)) { return; }
    if (state_ == State::ending) {
        if (!far.ack_owed) { return; }
        read_far_final(far, response);  // an offer in it is answered for what it says
        return far.acknowledge_stale(turn, services_, far.codecs(config()));
    }
    const auto final = read_far_final(far, response);
    far_final_ = response;
    Negotiation::Actions actions;
    negotiation_.on_far_final(turn.now, final, actions);
    run(turn, actions);
    if (far.ack_owed && negotiation_.state() != Negotiation::State::awaiting_answer_relayed) {
        far.acknowledge_stale(turn, services_, far.codecs(config()));
    }
}

// 401 or 407, as when a nonce has grown old: the same once more with the trunk's credentials. True: it is under way.
bool Call::reinvite_again(Turn& turn, Leg& far, const sip::Message& response) {
    using Phase = Negotiation::State;
    const bool wanted = negotiation_.state() == Phase::asking_far || negotiation_.state() == Phase::syncing;
    if (state_ == State::ending || !wanted || !far.take_challenge(response)) { return false; }
    const auto* offer = far.offer_answer.pending_offer();
    if (!far.invite_out_offerless && offer == nullptr) { return false; }
    far.send_reinvite(turn, services_, key_, far.invite_out_offerless ? std::string{} : sip::sdp::write(*offer));
    return true;
}

Negotiation::Final Call::read_far_final(Leg& far, const sip::Message& response) {
    using Final = Negotiation::Final;
    const int status = response.status();
    if (status == 408 || status == 481) { return Final::gone; }
    if (status >= 300) { return Final::refused; }
    auto session = sip::sdp::parse(sip::session_description(response));
    if (!session) { return Final::unusable; }
    if (!far.invite_out_offerless) {
        if (far.offer_answer.state() != sip::sdp::OfferAnswer::State::local_offer) { return Final::unusable; }
        return far.offer_answer.on_remote_answer(std::move(*session), far.codecs(config())) ? Final::usable
                                                                                            : Final::unusable;
    }
    const auto slot = find_slot(*session, far.slot, far.codecs(config()));
    if (!slot || far.offer_answer.state() != sip::sdp::OfferAnswer::State::stable) { return Final::unusable; }
    const Direction ours = far.offer_answer.agreed() && far.slot
                               ? agreed_direction(*far.offer_answer.agreed(), *far.slot)
                               : Direction::sendrecv;
    const Direction offered = sip::sdp::direction_of(*session, session->media[*slot]);
    if (!far.offer_answer.on_remote_offer(std::move(*session), far.codecs(config()))) { return Final::unusable; }
    far.slot_before = std::exchange(far.slot, slot);
    far.pending_wish = wish_after_fresh_offer(far.wish, ours, offered);
    return Final::usable;
}

void Call::on_reinvite_ack(Turn& turn, Leg& leg, const sip::Message& ack) {
    using Phase = Negotiation::State;
    const Phase phase = negotiation_.state();
    if (leg.side != negotiation_.near()) { return; }
    Negotiation::Actions actions;
    if (phase != Phase::awaiting_answer_relayed && phase != Phase::awaiting_answer_local) {
        negotiation_.on_ack(turn.now, Negotiation::Ack::without_answer, false, actions);
        return run(turn, actions);
    }
    auto result = Negotiation::Ack::without_answer;
    if (!sip::session_description(ack).empty()) {
        auto answer = sip::sdp::parse(sip::session_description(ack));
        const bool taken = answer && leg.offer_answer.on_remote_answer(std::move(*answer), leg.codecs(config()));
        result = taken ? Negotiation::Ack::with_answer : Negotiation::Ack::unusable;
    }
    if (result == Negotiation::Ack::with_answer) {
        take_wish_of_answer(leg);
        Leg* peer = other(leg);
        if (peer != nullptr && phase == Phase::awaiting_answer_relayed) { peer->wish = peer->pending_wish; }
    } else {
        leg.offer_answer.withdraw_offer();
        log(turn, config::LogLevel::warn, "renegotiation.bad_ack", {{"leg", std::string{letter(leg.side)}}});
    }
    leg.offerless_open = false;
    const Leg* peer = other(leg);
    negotiation_.on_ack(turn.now, result, peer != nullptr && far_differs(*peer, leg), actions);
    run(turn, actions);
}

// A peer that holds by answering an offer of ours wishes so from now on.
void Call::take_wish_of_answer(Leg& leg) {
    const auto& agreed = leg.offer_answer.agreed();
    if (!agreed || !leg.slot || *leg.slot >= agreed->remote.media.size()) { return; }
    const auto& line = agreed->remote.media[*leg.slot];
    const Direction answer = line.is_disabled() ? Direction::inactive : sip::sdp::direction_of(agreed->remote, line);
    const Direction ours = sip::sdp::direction_of(agreed->local, agreed->local.media[*leg.slot]);
    leg.wish = wish_after_answer(leg.wish, ours, answer);
}

Direction Call::direction_for(const Leg& leg) const {
    const Leg* peer = other(leg);
    if (peer == nullptr) { return ours_towards(leg.wish, Direction::sendrecv, true); }
    return ours_towards(leg.wish, shown_wish(leg, peer->wish), music_may_play_to(leg));
}

// A leg that shall not learn of holds (hold.signal: absorb) is told that the other peer still speaks and listens.
Direction Call::shown_wish(const Leg& to, Direction wish) const {
    const bool hidden = holds(wish) && to.hold(config()).signal == config::HoldSignal::absorb;
    return hidden ? Direction::sendrecv : wish;
}

// After near's answer: is far told something else than what the wishes of both now amount to?
bool Call::far_differs(const Leg& far, const Leg& near) const {
    const Direction wanted = ours_towards(far.wish, shown_wish(far, near.wish), music_may_play_to(far));
    if (far.offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer) {
        const auto& offer = *far.offer_answer.pending_offer();
        const auto offered = sip::sdp::direction_of(offer, offer.media[*far.slot]);
        return sip::sdp::intersect(wanted, sip::sdp::reverse(offered)) != wanted;
    }
    const auto& agreed = far.offer_answer.agreed();
    return agreed && far.slot && agreed_direction(*agreed, *far.slot) != wanted;
}

void Call::run(Turn& turn, const Negotiation::Actions& actions) {
    for (const auto action : actions) { run_one(turn, action); }
}

void Call::run_one(Turn& turn, Negotiation::Action action) {
    using Action = Negotiation::Action;
    switch (action) {
        case Action::answer_near:
            return answer_near(turn);
        case Action::offer_near:
            return offer_near(turn);
        case Action::relay_offer:
            return relay_offer(turn);
        case Action::relay_offerless:
            return far()->send_reinvite(turn, services_, key_, {});
        case Action::commit_answer:
            return commit_answer(turn);
        case Action::pass_offer:
            return pass_offer(turn);
        case Action::acknowledge_far:
            return acknowledge_far(turn);
        case Action::acknowledge_stale:
            if (Leg* leg = far(); leg != nullptr && leg->ack_owed) { acknowledge_late(turn, *leg); }
            return;
        case Action::commit_near:
            count_renegotiation(turn, "local");
            return apply_media(turn);
        case Action::commit_sync:
            return commit_sync(turn);
        case Action::commit_late:
            return commit_sync(turn);
        case Action::withdraw_far:
            if (Leg* leg = far(); leg != nullptr) { leg->withdraw_offer(); }
            return;
        case Action::sync_far:
            return sync_far(turn);
        case Action::cancel_far:
            return services_.layer.cancel(turn.now, far()->invite_out, {}, turn.sip);
        case Action::refuse_near:
            return refuse_near(turn);
        case Action::restore:
            return restore(turn);
        case Action::end_call:
            return end(turn, "SIP;cause=488;text=\"renegotiation failed\"");
    }
}

std::string Call::answer_for(Leg& leg, Direction direction, const Formats& preferred) {
    const auto& offer = *leg.offer_answer.pending_offer();
    const auto& line = offer.media[*leg.slot];
    const Direction allowed = sip::sdp::intersect(direction, sip::sdp::reverse(sip::sdp::direction_of(offer, line)));
    const Formats usable = without_conflicts(usable_formats(line, leg.codecs(config())), leg.ledger());
    const Formats formats = answer_formats(usable, preferred);
    const Face face = leg.face(formats, allowed);
    auto answer = formats.empty() ? make_declining_answer(offer, face.rtp) : make_answer(face, offer, *leg.slot);
    return sip::sdp::write(leg.offer_answer.answer(std::move(answer)));
}

std::string Call::offer_for(Leg& leg, Direction direction, const Formats& preferred) {
    const Formats formats = offer_formats(preferred, leg.codecs(config()), leg.ledger());
    const auto offer = make_offer(leg.face(formats, direction), leg.last_local(), leg.slot.value_or(0));
    return sip::sdp::write(leg.offer_answer.offer(offer));
}

void Call::answer_near(Turn& turn) {
    Leg& leg = near();
    leg.wish = leg.pending_wish;
    const Direction direction = direction_for(leg);
    std::string sdp;
    const auto& agreed = leg.offer_answer.agreed();
    if (unchanged_offer_ && agreed &&
        sip::sdp::direction_of(agreed->local, agreed->local.media[*leg.slot]) == direction) {
        sdp = sip::sdp::write(leg.offer_answer.answer(sip::sdp::Session{agreed->local}));  // same o= version
    } else {
        sdp = answer_for(leg, direction, leg.agreed_formats(leg.codecs(config())));
    }
    leg.answer_invite(turn, services_, leg.make_invite_response(200), sdp);
    count_renegotiation(turn, "local");
    apply_media(turn);
}

void Call::offer_near(Turn& turn) {
    Leg& leg = near();
    const Leg* peer = far();
    const Direction other_wish = peer == nullptr ? Direction::sendrecv : peer->wish;
    const Formats preferred = leg.agreed_formats(leg.codecs(config()));
    const Direction shown = shown_wish(leg, other_wish);
    const std::string sdp = offer_for(leg, ours_towards(Direction::sendrecv, shown, music_may_play_to(leg)), preferred);
    leg.answer_invite(turn, services_, leg.make_invite_response(200), sdp);
}

void Call::relay_offer(Turn& turn) {
    Leg& from = near();
    Leg& to = *far();
    const auto& offer = *from.offer_answer.pending_offer();
    const Formats theirs = usable_formats(offer.media[*from.slot], from.codecs(config()));
    const bool music = server::music_may_play(from.pending_wish, false, to.hold(config()).when);
    to.send_reinvite(turn, services_, key_,
                     offer_for(to, ours_towards(to.wish, shown_wish(to, from.pending_wish), music), theirs));
}

void Call::commit_answer(Turn& turn) {
    Leg& from = near();
    Leg& to = *far();
    to.send_ack(turn, services_, {});
    from.wish = from.pending_wish;
    take_wish_of_answer(to);
    const std::string sdp = answer_for(from, direction_for(from), to.agreed_formats(to.codecs(config())));
    sip::Message response = from.make_invite_response(200);
    pass_dialog_headers(*far_final_, response, from.header_policy());
    from.answer_invite(turn, services_, std::move(response), sdp);
    far_final_.reset();
    count_renegotiation(turn, "relayed");
    apply_media(turn);
}

void Call::pass_offer(Turn& turn) {
    Leg& to = near();
    const Leg& from = *far();
    const auto& offer = *from.offer_answer.pending_offer();
    const Formats theirs = usable_formats(offer.media[*from.slot], from.codecs(config()));
    const Direction direction =
        ours_towards(Direction::sendrecv, shown_wish(to, from.pending_wish), music_may_play_to(to));
    const std::string sdp = offer_for(to, direction, theirs);
    to.answer_invite(turn, services_, to.make_invite_response(200), sdp, true);
}

void Call::acknowledge_far(Turn& turn) {
    Leg& from = near();
    Leg& to = *far();
    const std::string sdp = answer_for(to, direction_for(to), from.agreed_formats(from.codecs(config())));
    to.send_ack(turn, services_, sdp);
    far_final_.reset();
    count_renegotiation(turn, "relayed");
    apply_media(turn);
}

// Late or not, an offer that is answered says what its peer wishes.
void Call::acknowledge_late(Turn& turn, Leg& leg) {
    if (leg.offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer) { leg.wish = leg.pending_wish; }
    leg.acknowledge_stale(turn, services_, leg.codecs(config()));
    apply_media(turn);
}

void Call::sync_far(Turn& turn) {
    Leg& leg = *far();
    const Formats preferred = leg.agreed_formats(leg.codecs(config()));
    leg.send_reinvite(turn, services_, key_, offer_for(leg, direction_for(leg), preferred));
}

void Call::commit_sync(Turn& turn) {
    Leg& leg = *far();
    leg.send_ack(turn, services_, {});
    take_wish_of_answer(leg);
    far_final_.reset();
    apply_media(turn);
}

void Call::refuse_near(Turn& turn) {
    using Refusal = Negotiation::Refusal;
    Leg& leg = near();
    if (!leg.invite_in) { return; }
    const Refusal why = negotiation_.refusal();
    const int relayed = far_final_ ? far_final_->status() : 408;
    const int status = why == Refusal::cancelled ? 487 : why == Refusal::relayed ? status_of_refusal(relayed) : 488;
    sip::Message response = leg.make_invite_response(status);
    if (why == Refusal::timed_out) { add_warning(response, 399, "the other side did not answer in time"); }
    if (why == Refusal::bad_answer) { add_warning(response, 399, "the answer of the other side cannot be used"); }
    if (why == Refusal::relayed && far_final_) {
        pass_dialog_headers(*far_final_, response, leg.header_policy());
        if (const auto after = far_final_->first(sip::HeaderId::retry_after)) {
            response.add(sip::HeaderId::retry_after, *after);
        }
        if (const auto warning = far_final_->first(sip::HeaderId::warning)) { pass_warning(*warning, response); }
    }
    leg.respond_invite(turn, services_, response);
    count_renegotiation(turn, why == Refusal::timed_out ? "timeout" : "refused");
    far_final_.reset();
}

void Call::restore(Turn& turn) {
    for (Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr) { continue; }
        if (leg->offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer) {
            leg->offer_answer.reject_remote_offer();
            leg->slot = leg->slot_before;
        }
        // A far INVITE that was cancelled and is still open may be answered 2xx: its offer stays until its final.
        if (!leg->invite_out_open) { leg->withdraw_offer(); }
        leg->pending_wish = leg->wish;
        leg->offerless_open = false;
    }
    apply_media(turn);
}

void Call::count_renegotiation(Turn& turn, std::string_view outcome) {
    ++services_.counters.renegotiations_total[{std::string{letter(negotiation_.near())}, kind_, std::string{outcome}}];
    services_.counters.renegotiation[kind_].observe(turn.now - asked_at_);
    log(turn, config::LogLevel::info, "call.renegotiated",
        {{"leg", std::string{letter(negotiation_.near())}}, {"kind", kind_}, {"outcome", std::string{outcome}}});
}

}  // namespace server
