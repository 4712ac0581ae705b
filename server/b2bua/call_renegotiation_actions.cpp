// What the two-leg machine (negotiation.hpp) asks for, carried out: each action is a message or two, and the state of
// the legs that goes with it.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/setup_outcome.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "server/b2bua/words.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

// Of a refusal, as metrics have it. `status`: far's. Without a dialog there (§12.2.1.2) the call ends.
std::string_view outcome_of(Negotiation::Refusal why, int status) {
    using Refusal = Negotiation::Refusal;
    if (why == Refusal::cancelled) { return "cancelled"; }
    if (why == Refusal::timed_out) { return "timeout"; }
    if (why == Refusal::relayed && status == 491) { return "glare"; }
    return why == Refusal::relayed && (status == 408 || status == 481) ? "failed" : "refused";
}

// The final response to the change of this peer has just been sent.
void note_final(const Services& services, const Turn& turn, const Leg& leg) {
    services.counters.renegotiation[leg.change.kind].observe(turn.now - leg.change.asked_at);
}

// What a request that was turned away asks for, as far as its body tells.
std::string_view kind_of_body(const Leg& leg, const sip::Message& request, const LineRules& rules) {
    if (request.body().empty()) { return "offerless"; }
    const auto offer = sip::sdp::parse(sip::session_description(request));
    const auto slot = offer ? find_slot(*offer, leg.slot, rules) : std::nullopt;
    if (!slot) { return "codec"; }
    const Direction wish = audio_direction(*offer, *slot);
    return wish == leg.wish ? "codec" : holds(wish) ? "hold" : "resume";
}

}  // namespace

// Then whatever it made possible, until nothing more is.
void Call::run(Turn& turn, Negotiation::Actions actions, std::string_view reason) {
    do {
        for (const auto& action : actions) { run_one(turn, action, reason); }
        actions.clear();
        if (!dialogs_confirmed()) { return; }
        negotiation_.settle(turn.now, {differs(*a_), b_ && differs(*b_)}, actions);
    } while (!actions.empty() || complete_transfer(turn));
}

void Call::run_one(Turn& turn, const Negotiation::Action& action, std::string_view reason) {
    using Kind = Negotiation::Action::Kind;
    Leg& leg = action.side == media::Side::a ? *a_ : *b_;
    switch (action.kind) {
        case Kind::answer_near:
            return answer_near(turn, leg);
        case Kind::offer_near:
            return offer_near(turn, leg);
        case Kind::refuse_near:
            return refuse_near(turn, leg);
        case Kind::relay_offer:
            return relay_offer(turn, leg);
        case Kind::relay_offerless:
        case Kind::fetch_offer:
            return leg.send_reinvite(turn, services_, key_, {});
        case Kind::tell:
            explain(turn, words::peer(leg) + " is told what that means for it");
            return tell(turn, leg);
        case Kind::refresh:
            explain(turn, "the session timer of " + words::peer(leg) + " asks for a refresh");
            return tell(turn, leg);
        case Kind::commit_answer:
            return commit_answer(turn, leg);
        case Kind::pass_offer:
            return pass_offer(turn, leg);
        case Kind::commit_own:
            return commit_own(turn, leg);
        case Kind::ask_source:
            return ask_source(turn, leg);
        case Kind::acknowledge_source:
            return acknowledge_source(turn, leg);
        case Kind::acknowledge_far:
            return acknowledge_far(turn, leg);
        case Kind::acknowledge_here:
            return acknowledge_here(turn, leg);
        case Kind::acknowledge_stale:
            return acknowledge_late(turn, leg);
        case Kind::commit_near:
            count_renegotiation(turn, leg, leg.change.outcome);
            return apply_media(turn);
        case Kind::withdraw:
            leg.withdraw_offer();
            leg.forget_offer();
            return apply_media(turn);
        case Kind::cancel_far:
            return leg.cancel_invite(turn, services_);
        case Kind::end_call:
            return end(turn, reason);
    }
}

void Call::answer_near(Turn& turn, Leg& leg) {
    take_wish_of_offer(leg);
    const Direction direction = direction_for(leg);
    std::string sdp;
    if (is_answered_alike(leg, direction)) {  // same o= version
        sdp = sip::sdp::write(leg.offer_answer.answer(sip::sdp::Session{leg.offer_answer.agreed()->local}));
    } else {
        sdp = answer_for(turn, leg, direction, leg.agreed_formats(leg.codecs(config())));
    }
    note_answered_here(turn, leg, false);
    leg.answer_change(turn, services_, leg.make_change_response(200), sdp);
    note_final(services_, turn, leg);
    count_renegotiation(turn, leg, leg.change.outcome);
    apply_media(turn);
    settle_music(other(leg), turn.now);
}

// The peer repeats itself, and nothing of ours has changed: so do we. Not where what we said last offers a line that
// the peer has declined.
bool Call::is_answered_alike(const Leg& leg, Direction direction) const {
    const auto& agreed = leg.offer_answer.agreed();
    if (!leg.change.unchanged || !agreed) { return false; }
    const auto& ours = agreed->local.media;
    const auto& theirs = agreed->remote.media;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (theirs[i].is_disabled() && !ours[i].is_disabled()) { return false; }
    }
    return audio_direction(agreed->local, *leg.slot) == direction && streams_answered_alike(leg);
}

void Call::offer_near(Turn& turn, Leg& leg) {
    const Leg* peer = other(leg);
    const Direction other_wish = peer == nullptr ? Direction::sendrecv : peer->wish;
    const Formats preferred = leg.agreed_formats(leg.codecs(config()));
    const Direction shown = shown_wish(leg, other_wish);
    const std::string sdp =
        offer_for(turn, leg, ours_towards(Direction::sendrecv, shown, music_may_play_to(leg)), preferred);
    note_answered_here(turn, leg, true);
    leg.answer_invite(turn, services_, leg.make_invite_response(200), sdp);
    note_final(services_, turn, leg);
}

void Call::relay_offer(Turn& turn, Leg& to) {
    const Leg& from = *other(to);
    const auto& offer = *from.offer_answer.pending_offer();
    const Formats theirs = usable_formats(offer.media[*from.slot], from.codecs(config()));
    const bool music = is_held_here() ? music_may_play_to(to)
                                      : server::music_may_play(from.pending_wish, false, to.hold(config()).when);
    const Direction direction = ours_towards(to.presumed_wish(), shown_wish(to, from.pending_wish), music);
    const std::string sdp = offer_for(turn, to, direction, theirs);
    // A new stream may have to be allowed by a person, whom an UPDATE does not wait for (RFC 3311 §5.1).
    if (from.change.method != sip::Method::update || !to.allows_update || turns_stream_on(to)) {
        return to.send_reinvite(turn, services_, key_, sdp);
    }
    to.send_update(turn, services_, key_, sdp);
    negotiation_.sent_in(Negotiation::Carrier::update);
}

void Call::commit_answer(Turn& turn, Leg& far) {
    Leg& from = *other(far);
    if (far.ack_owed) { far.send_ack(turn, services_, {}); }
    take_wish_of_offer(from);
    take_wish_of_answer(far);
    const std::string sdp = answer_for(turn, from, direction_for(from), far.agreed_formats(far.codecs(config())));
    sip::Message response = from.make_change_response(200);
    pass_dialog_headers(*far_final_, response, from.header_policy());
    from.answer_change(turn, services_, std::move(response), sdp);
    note_final(services_, turn, from);
    count_renegotiation(turn, from, "relayed");
    apply_media(turn);
    settle_music(other(from), turn.now);
}

void Call::pass_offer(Turn& turn, Leg& far) {
    Leg& to = *other(far);
    const auto& offer = *far.offer_answer.pending_offer();
    const Formats theirs = usable_formats(offer.media[*far.slot], far.codecs(config()));
    const Direction direction =
        ours_towards(Direction::sendrecv, shown_wish(to, far.pending_wish), music_may_play_to(to));
    const std::string sdp = offer_for(turn, to, direction, theirs);
    to.answer_invite(turn, services_, to.make_invite_response(200), sdp, true);
    note_final(services_, turn, to);
}

void Call::acknowledge_far(Turn& turn, Leg& far) {
    const Leg& from = *other(far);
    take_wish_of_offer(far);
    const std::string sdp = answer_for(turn, far, direction_for(far), from.agreed_formats(from.codecs(config())));
    far.send_ack(turn, services_, sdp);
    count_renegotiation(turn, from, "relayed");
    apply_media(turn);
}

// An offer that the peer made because it was asked to, and does not wait for the other leg with.
void Call::acknowledge_here(Turn& turn, Leg& far) {
    take_wish_of_offer(far);
    const Formats spoken = other(far)->agreed_formats(other(far)->codecs(config()));
    far.send_ack(turn, services_, answer_for(turn, far, direction_for(far), spoken));
    apply_media(turn);
}

// Late or not, an offer that is answered says what its peer wishes.
void Call::acknowledge_late(Turn& turn, Leg& leg) {
    if (!leg.ack_owed) { return leg.withdraw_taken_offer(); }
    if (leg.offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer) {
        learn_wish(leg, leg.pending_wish);
        take_stream_wishes_of_offer(leg);
    }
    leg.acknowledge_stale(turn, services_, leg.line_rules(config()));
    apply_media(turn);
}

void Call::tell(Turn& turn, Leg& leg) {
    const Formats preferred = leg.agreed_formats(leg.codecs(config()));
    leg.send_reinvite(turn, services_, key_, offer_for(turn, leg, direction_for(leg), preferred));
}

void Call::commit_own(Turn& turn, Leg& leg) {
    if (leg.ack_owed) { leg.send_ack(turn, services_, {}); }
    take_wish_of_answer(leg);
    // A stream that it took when nobody waited for that any more: the other peer may have it after all, or it must go.
    if (Leg* rest = other(leg); rest != nullptr && (streams_differ(*rest) || streams_differ(leg))) {
        for (const Leg* each : {rest, &leg}) { negotiation_.owe(each->side); }
    }
    apply_media(turn);
}

void Call::refuse_near(Turn& turn, Leg& leg) {
    using Why = Negotiation::Refusal;
    const Why why = negotiation_.refusal();
    const int relayed = far_final_ ? far_final_->status() : 408;
    const int status = why == Why::cancelled ? 487 : why == Why::relayed ? status_of_refusal(relayed) : 488;
    sip::Message response = leg.make_change_response(status);
    if (why == Why::timed_out) { add_warning(response, 399, "the other side did not answer in time"); }
    if (why == Why::bad_answer && fault_of_far_) {
        add_warning(response, fault_of_far_->warning_code, "the other side: " + fault_of_far_->text);
    }
    if (why == Why::relayed && far_final_) { pass_refusal(*far_final_, response, leg.header_policy()); }
    leg.refuse_change(turn, services_, response);
    note_final(services_, turn, leg);
    explain(turn, words::not_agreed(leg, other(leg), why, far_final_ ? far_final_->status() : 0,
                                    fault_of_far_ ? fault_of_far_->text : std::string_view{}));
    count_renegotiation(turn, leg, outcome_of(why, relayed));
    leg.forget_offer();
    apply_media(turn);
    settle_music(other(leg), turn.now);
}

// What far has refused, or could not answer in time, was done from here.
void Call::note_answered_here(Turn& turn, Leg& leg, bool offered) {
    using Cause = Negotiation::Cause;
    const Cause cause = leg.change.refused_before ? Cause::refused : negotiation_.cause();
    const bool healed = cause == Cause::refused || cause == Cause::timed_out || cause == Cause::glare;
    leg.change.outcome = healed ? "healed" : "local";
    if (!healed) { return; }
    ++meter_.healed;
    const Leg* peer = other(leg);
    const bool music = peer != nullptr && leg.change.kind == "hold" && music_may_play_to(*peer);
    const std::string by = offered                      ? "offer"
                           : music                      ? "music"
                           : leg.change.kind == "codec" ? "transcoding"
                           : leg.change.kind == "video" ? "stream"
                                                        : "direction";
    ++services_.counters.healed[{by, cause == Cause::refused ? "refused"
                                     : cause == Cause::glare ? "glare"
                                                             : "timeout"}];
    const int status = far_final_ && !leg.change.refused_before ? far_final_->status() : 0;
    explain(turn,
            words::healed(leg, peer, cause, status, by, fault_of_far_ ? fault_of_far_->text : std::string_view{}));
}

void Call::count_renegotiation(Turn& turn, const Leg& leg, std::string_view outcome) {
    const Change& change = leg.change;
    if (outcome == "relayed" || outcome == "local") {
        explain(turn, words::agreed(leg, other(leg), outcome == "relayed"));
    }
    ++services_.counters.renegotiations_total[{std::string{letter(leg.side)}, change.kind, std::string{outcome}}];
    log(turn, config::LogLevel::info, "call.renegotiated",
        {{"leg", std::string{letter(leg.side)}}, {"kind", change.kind}, {"outcome", std::string{outcome}}});
}

// Of a request that changes nothing, not even what is known of its leg.
void Call::count_turned_away(const Leg& leg, const sip::Message& request, std::string_view outcome) {
    const std::string kind{kind_of_body(leg, request, leg.line_rules(config()))};
    ++services_.counters.renegotiations_total[{std::string{letter(leg.side)}, kind, std::string{outcome}}];
}

// The call ends in the middle of this peer's change: before its final response, or before the ACK with its answer.
void Call::count_given_up(Turn& turn, const Leg& leg) {
    const bool of_setup = leg.invite_in && state_ != State::up;
    const bool open = (leg.invite_in && !of_setup) || leg.update_in;
    if (open || (!setup_ && negotiation_.awaits_answer(leg.side))) { count_renegotiation(turn, leg, "failed"); }
}

}  // namespace server
