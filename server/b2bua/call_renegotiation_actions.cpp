// What the two-leg machine (negotiation.hpp) asks for, carried out: each action is a message or two, and the state of
// both legs that goes with it.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "server/b2bua/words.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

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
            return far()->cancel_invite(turn, services_);
        case Action::refuse_near:
            return refuse_near(turn);
        case Action::restore:
            return restore(turn);
        case Action::end_call:
            return end(turn, "SIP;cause=488;text=\"renegotiation failed\"");
    }
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
    explain(turn, words::peer(leg) + " is told what that means for it");
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
    const bool agreed = outcome == "relayed" || outcome == "local";
    const int status = far_final_ ? far_final_->status() : 0;
    explain(turn, agreed ? words::agreed(near(), far(), outcome == "relayed")
                         : words::not_agreed(near(), far(), negotiation_.refusal(), status));
    ++services_.counters.renegotiations_total[{std::string{letter(negotiation_.near())}, kind_, std::string{outcome}}];
    services_.counters.renegotiation[kind_].observe(turn.now - asked_at_);
    log(turn, config::LogLevel::info, "call.renegotiated",
        {{"leg", std::string{letter(negotiation_.near())}}, {"kind", kind_}, {"outcome", std::string{outcome}}});
}

}  // namespace server
