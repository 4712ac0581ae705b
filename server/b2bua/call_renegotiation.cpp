// Re-INVITEs of a call that is up: read and given to the two-leg machine (negotiation.hpp), whose actions
// call_renegotiation_actions.cpp carries out. RFC 3261 §14, RFC 3264 §8, RFC 6337 §3.4, §5.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/words.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

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
        explain(turn, "the re-INVITE of " + words::peer(leg) + " meets another change: it may try again");
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
    const std::string_view sdp = sip::session_description(request);
    if (sdp.empty()) { return read_offerless(turn, leg); }
    auto offer = sip::sdp::parse(sdp);
    if (!offer) { return refuse_offer(turn, leg, offer.error()); }
    return read_offer(turn, leg, std::move(*offer));
}

Negotiation::Request Call::read_offerless(Turn& turn, Leg& leg) {
    kind_ = "offerless";
    unchanged_offer_ = false;
    explain(turn, words::asked_for_offer(leg, other(leg), config()));
    if (other(leg) == nullptr) { return Negotiation::Request::offerless_here; }
    if (leg.hold(config()).on_offerless == config::OnOfferless::immediate) {
        leg.offerless_open = true;
        music_asked_ = turn.now;
        apply_media(turn);  // the first packet of the music leaves here
    }
    return Negotiation::Request::offerless;
}

std::optional<Negotiation::Request> Call::read_offer(Turn& turn, Leg& leg, sip::sdp::Session offer) {
    const auto& codecs = leg.codecs(config());
    const auto slot = find_slot(offer, leg.slot, codecs);
    if (!slot) {
        return refuse_offer(
            turn, leg,
            {488, 305, "no audio stream over RTP/AVP with a codec of ours (RFC 3264 section 6)", "no_codec"});
    }
    const auto before = leg.offer_answer.agreed();
    const Direction wish = sip::sdp::direction_of(offer, offer.media[*slot]);
    const bool concerns = !before || concerns_far_leg(before->remote, offer, *slot, codecs) || wish != leg.wish;
    const auto taken = leg.offer_answer.on_remote_offer(std::move(offer), codecs);
    if (!taken) { return refuse_offer(turn, leg, taken.error()); }
    leg.slot_before = std::exchange(leg.slot, slot);
    leg.pending_wish = wish;
    unchanged_offer_ = taken->unchanged;
    kind_ = wish != leg.wish ? (holds(wish) ? "hold" : "resume") : concerns ? "codec" : "refresh";
    const auto meaning = meaning_for_far(leg, concerns);
    explain(turn, words::asked(leg, other(leg), kind_, meaning == Negotiation::Request::change));
    return meaning;
}

Negotiation::Request Call::meaning_for_far(const Leg& leg, bool concerns) const {
    const Leg* peer = other(leg);
    if (peer == nullptr) { return Negotiation::Request::here; }
    const bool absorbed = kind_ != "codec" && peer->hold(config()).signal == config::HoldSignal::absorb;
    const bool relayed = concerns ? !absorbed : leg.renegotiation(config()).relay_refresh;
    return relayed ? Negotiation::Request::change : Negotiation::Request::here;
}

std::nullopt_t Call::refuse_offer(Turn& turn, Leg& leg, const sip::sdp::Refusal& refusal) {
    sip::Message response = leg.make_invite_response(refusal.status);
    add_warning(response, refusal.warning_code, refusal.text);
    explain(turn, "the offer of " + words::peer(leg) + " is refused: " + std::string{refusal.text});
    leg.respond_invite(turn, services_, response);
    ++services_.counters.renegotiations_total[{std::string{letter(leg.side)}, "offer", "refused"}];
    return std::nullopt;
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
    explain(turn, words::challenged(far));
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
        explain(turn, "the ACK of " + words::peer(leg) + " brings no usable answer");
        log(turn, config::LogLevel::warn, "renegotiation.bad_ack", {{"leg", std::string{letter(leg.side)}}});
    }
    leg.offerless_open = false;
    const Leg* peer = other(leg);
    negotiation_.on_ack(turn.now, result, peer != nullptr && far_differs(*peer, leg), actions);
    run(turn, actions);
}

}  // namespace server
