// What the far leg's peer says to a re-INVITE or UPDATE of ours: read, and given to the two-leg machine.
// RFC 3261 §12.2.1.2, §13.2.2.4, §14.1, §22.
#include <utility>

#include "base/text.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/owed_description.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "server/b2bua/words.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using Final = Negotiation::Final;

constexpr base::Duration longest_retry_after = std::chrono::seconds{10};

// "10 (in a meeting);duration=60": the seconds of Retry-After, if they are few (§20.33).
std::optional<base::Duration> short_retry_after(const sip::Message& response) {
    const auto value = response.first(sip::HeaderId::retry_after);
    if (!value) { return std::nullopt; }
    const auto digits = value->substr(0, value->find_first_not_of("0123456789"));
    const auto seconds = base::parse_number<std::uint32_t>(digits);
    if (!seconds || std::chrono::seconds{*seconds} >= longest_retry_after) { return std::nullopt; }
    return std::chrono::seconds{*seconds};
}

// It will not be otherwise next time.
bool is_for_good(int status) {
    return status == 405 || status == 415 || status == 488 || status == 501 || status == 606;
}

}  // namespace

void Call::on_reinvite_response(Turn& turn, Leg& far, const sip::Message& response) {
    const int status = response.status();
    if (status < 200) { return; }  // SDP in an unreliable 18x of a re-INVITE is a preview of no use here
    const auto to = response.first(sip::HeaderId::to);
    const bool other_dialog = far.owns_call_id && to && sip::tag_of(*to) != far.dialog->remote_tag();
    if (status < 300 && other_dialog) { return on_fork(turn, far, response); }
    far.learn(response);
    if (status < 300) {
        if (far.sent_ack.acknowledged(far.invite_out_cseq)) { return far.repeat_ack(turn, services_); }
        if (far.ack_owed) { return; }  // waits for near's answer; the peer repeats its 2xx meanwhile
        far.ack_owed = true;
        far.answer_owed = far.invite_out_offerless && !sip::session_description(response).empty();
        far.dialog->refresh_target(response);
    }
    if (reinvite_again(turn, far, response)) { return; }
    if (state_ == State::ending) {
        if (!far.ack_owed) { return; }
        read_far_final(far, response, far.invite_out_offerless);  // an offer in it is answered for what it says
        return far.acknowledge_stale(turn, services_, far.line_rules(config()));
    }
    on_far_final(turn, far, response, read_far_final(far, response, far.invite_out_offerless));
    if (far.ack_owed && negotiation_.state() != Negotiation::State::passing) {
        far.acknowledge_stale(turn, services_, far.line_rules(config()));
    }
}

void Call::on_update_response(Turn& turn, Leg& far, const sip::Message& response) {
    far.update_out = {};
    far.learn(response);
    if (state_ == State::ending) { return; }
    if (update_again(turn, far, response)) { return; }
    if (response.status() < 300) { far.dialog->refresh_target(response); }
    const bool unknown = response.status() == 405 || response.status() == 501;
    on_far_final(turn, far, response, unknown ? Final::in_invite : read_far_final(far, response, false));
}

void Call::on_far_final(Turn& turn, Leg& far, const sip::Message& response, Final final) {
    const int status = response.status();
    const base::Duration wait = final == Final::later ? wait_for(far, response) : base::Duration{};
    if (final == Final::later) { explain(turn, words::not_now(far, status, wait)); }
    if (final == Final::in_invite) { far.allows_update = false; }  // whatever its Allow says
    if (final == Final::refused) { remember_refusal(far, status); }
    const bool unanswered = final == Final::refused || (final == Final::later && negotiation_.retries() > 0);
    if (unanswered && !negotiation_.has_near()) { refresh_failed(turn, far); }
    far_final_ = response;
    Negotiation::Actions actions;
    negotiation_.on_far_final(turn.now, far.side, final, wait, actions);
    run(turn, actions, "SIP;cause=" + std::to_string(status));
    far_final_.reset();
    fault_of_far_.reset();
}

// 401 or 407, as when a nonce has grown old: the same once more with the trunk's credentials; 422: with a longer
// interval of the session timer. True: it is under way.
bool Call::reinvite_again(Turn& turn, Leg& far, const sip::Message& response) {
    const auto* offer = far.offer_answer.pending_offer();
    if (!is_to_go_again(turn, far, response) || (!far.invite_out_offerless && offer == nullptr)) { return false; }
    far.send_reinvite(turn, services_, key_, far.invite_out_offerless ? std::string{} : sip::sdp::write(*offer));
    return true;
}

bool Call::update_again(Turn& turn, Leg& far, const sip::Message& response) {
    const auto* offer = far.offer_answer.pending_offer();
    if (!is_to_go_again(turn, far, response) || offer == nullptr) { return false; }
    far.send_update(turn, services_, key_, sip::sdp::write(*offer));
    return true;
}

bool Call::is_to_go_again(Turn& turn, Leg& far, const sip::Message& response) {
    const bool longer = note_session_timer(turn, far, response);
    const bool wanted = negotiation_.state() == Negotiation::State::asking && negotiation_.far() == far.side;
    if (state_ == State::ending || !wanted || (!longer && !far.take_challenge(response))) { return false; }
    explain(turn, longer ? words::partner(far) + " wants a longer session interval" : words::challenged(far));
    return true;
}

Final Call::read_far_final(Leg& far, const sip::Message& response, bool offerless) {
    const int status = response.status();
    if (status == 408 || status == 481) { return Final::gone; }
    if (status == 491) { return Final::later; }
    if ((status == 500 || status == 503) && short_retry_after(response)) { return Final::later; }
    if (status >= 300) { return Final::refused; }
    auto session = read_owed(response, offerless ? Owed::offer : Owed::answer);
    if (!session) { return count_unusable(far, session.error()); }
    return offerless ? read_far_offer(far, std::move(*session)) : read_far_answer(far, std::move(*session));
}

Final Call::read_far_answer(Leg& far, sip::sdp::Session answer) {
    if (far.offer_answer.state() != sip::sdp::OfferAnswer::State::local_offer) {
        return count_unusable(far, {488, 399, "an answer came to no open offer (RFC 3264 §4)", "answer_to_nothing"});
    }
    const auto taken = far.offer_answer.on_remote_answer(std::move(answer), far.codecs(config()));
    return taken ? Final::usable : count_unusable(far, taken.error());
}

Final Call::read_far_offer(Leg& far, sip::sdp::Session offer) {
    const auto slot = find_slot(offer, far.slot, far.line_rules(config()));
    if (!slot) { return count_unusable(far, no_audio_line(offer, far.line_rules(config()))); }
    if (far.offer_answer.state() != sip::sdp::OfferAnswer::State::stable) {
        return count_unusable(far, {488, 399, "an offer came while another was open (RFC 3264 §4)", "offer_overlap"});
    }
    const Direction ours = far.offer_answer.agreed() && far.slot
                               ? agreed_direction(*far.offer_answer.agreed(), *far.slot)
                               : Direction::sendrecv;
    const Direction offered = audio_direction(offer, *slot);
    const auto taken = far.offer_answer.on_remote_offer(std::move(offer), far.codecs(config()));
    if (!taken) { return count_unusable(far, taken.error()); }
    far.slot_before = std::exchange(far.slot, slot);
    take_streams(far);
    far.pending_wish = wish_after_fresh_offer(far.wish, ours, offered);
    return Final::usable;
}

Final Call::count_unusable(const Leg& far, const sip::sdp::Refusal& why) {
    far.count_refused(services_, why);
    fault_of_far_ = why;
    return Final::unusable;
}

// §14.1: whoever made the Call-ID waits longer, so that one of two that meet gets through.
base::Duration Call::wait_for(const Leg& far, const sip::Message& response) {
    if (response.status() != 491) { return short_retry_after(response).value_or(base::Duration{}); }
    constexpr base::Duration step = std::chrono::milliseconds{10};
    if (!far.owns_call_id) { return step * static_cast<int>(services_.random.below(201)); }
    return std::chrono::milliseconds{2100} + step * static_cast<int>(services_.random.below(191));
}

void Call::remember_refusal(Leg& far, int status) {
    const bool asked = negotiation_.has_near() && negotiation_.far() == far.side;
    const bool unclear = asked && near().change.mixed;  // which of its changes was too much
    const bool offers = far.offer_answer.state() == sip::sdp::OfferAnswer::State::local_offer;
    const bool adds_stream = !asked && offers && turns_stream_on(far);
    const std::string kind = asked ? near().change.kind : adds_stream ? "video" : "own";
    ++services_.counters.far_refusals[{far.trunk_name(), kind, status}];
    const bool of_kind =
        kind == "hold" || kind == "codec" || kind == "offerless" || kind == "video";  // a resume is always asked again
    if (of_kind && !unclear && is_for_good(status)) { far.refuses.insert(kind); }
    if (adds_stream) { negotiation_.owe(far.side); }  // the rest of what it was told
}

}  // namespace server
