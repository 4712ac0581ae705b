// Leg B before its 2xx: early dialogs come and go, reliable responses are acknowledged in each (RFC 3262 §4), what they
// say of the session is taken (§5, RFC 3261 §13.2.1), requests in them are served. The media follows the dialog that
// described itself last; the 2xx decides.
#include <algorithm>
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/setup.hpp"
#include "sip/message/body.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

void Call::on_setup_provisional(Turn& turn, const sip::Message& response) {
    using Verdict = sip::ReliableReceiver::Verdict;
    Leg& b = *b_;
    if (setup_->answered_by_b) { return; }
    const auto before = b.dialog ? std::optional{b.dialog->remote_tag()} : std::nullopt;
    if (!b.early.enter(b, *b.sent_invite, response)) {
        ++services_.counters.dropped["early_dialog"];
        return;
    }
    const auto number = sip::reliable_number(response);
    const auto verdict = number ? b.reliable.on_reliable(*number, b.invite_out_cseq) : Verdict::acknowledge;
    if (verdict == Verdict::out_of_order) { ++services_.counters.dropped["provisional_out_of_order"]; }
    const bool described = verdict == Verdict::acknowledge && take_provisional(turn, response, number.has_value());
    if (b_.get() != &b) { return; }  // it is none that could be called
    if (!described && before) { b.early.enter(b, *before); }
    if (verdict != Verdict::acknowledge || !a_->awaits_set_up() || b.over) { return; }
    devices_->note_progress(turn, response.status());
    if (described && !a_->is_empty) { devices_->hear(turn); }
    if (devices_->is_news_for_a(response, described)) { show_to_a(turn, response); }
}

// True: it says what its dialog's session is.
bool Call::take_provisional(Turn& turn, const sip::Message& response, bool reliable) {
    Leg& b = *b_;
    const bool described = !sip::session_description(response).empty();
    const bool offers = described && reliable && b.invite_out_offerless && b.is_unsettled();
    if (reliable) { b.dialog->refresh_target(response); }
    if (b.over || state_ == State::ending) {  // cancelled, but it is acknowledged all the same (RFC 3262 §4)
        const std::string answer = offers ? b.declining_answer(response) : std::string{};
        if (reliable) { b.send_prack(turn, services_, key_, b.reliable.rack(), answer); }
        return false;
    }
    if (offers) { return take_early_offer(turn, response); }
    if (reliable) { b.send_prack(turn, services_, key_, b.reliable.rack(), {}); }
    return described && !b.invite_out_offerless && take_early_answer(response, reliable);
}

// One that cannot be used counts as none: the 2xx may bring a better one.
bool Call::take_early_answer(const sip::Message& response, bool reliable) {
    Leg& b = *b_;
    const auto* offer = b.offer_answer.pending_offer();
    if (offer == nullptr) { return true; }  // answered: whatever comes after the first is ignored (RFC 3261 §13.2.1)
    auto answer = sip::sdp::parse(sip::session_description(response));
    if (!reliable) {  // shows what the answer will be: media flows, nothing is agreed
        const bool usable =
            answer && answer->media.size() == offer->media.size() && find_slot(*answer, b.slot, b.line_rules(config()));
        if (usable) { b.preview = std::move(*answer); }
        return usable;
    }
    const auto taken = answer ? b.offer_answer.on_remote_answer(std::move(*answer), b.codecs(config()))
                              : sip::sdp::Result<sip::sdp::OfferAnswer::RemoteOffer>{answer.error()};
    if (!taken) {
        ++services_.counters.offers_refused[{b.trunk_name(), taken.error().rule}];
        return false;
    }
    b.preview.reset();
    take_wish_of_answer(b);
    return true;
}

// RFC 3262 §5: the PRACK answers it, A's with an answer of A where that can be asked so; else, or if A was told of
// another, with one made here. One that cannot be used is declined, and the INVITE with it (RFC 6337 §3.2).
bool Call::take_early_offer(Turn& turn, const sip::Message& response) {
    Leg& b = *b_;
    const bool usable = take_offer_of_b(response);
    if (usable && setup_->reliable && setup_->session.empty() && !session_for_a(turn).empty()) {
        b.prack_owed = b.reliable.rack();
        return true;
    }
    const std::string answer = usable ? answer_to_b(turn) : b.declining_answer(response);
    b.send_prack(turn, services_, key_, b.reliable.rack(), answer);
    if (!usable) {
        const sip::sdp::Refusal why = *std::exchange(fault_of_far_, std::nullopt);
        devices_->give_up(turn, 488, "the other side: " + why.text);
    }
    return usable;
}

// A has answered the offer that they wait with.
void Call::answer_owed_pracks(Turn& turn) {
    if (!b_->invite_out_open) { return; }
    serve_owed_pracks([&] { b_->send_prack(turn, services_, key_, *b_->prack_owed, answer_to_b(turn)); });
}

// A will not.
void Call::decline_owed_pracks(Turn& turn) {
    serve_owed_pracks([&] {
        const std::string declined = b_->decline(*b_->offer_answer.pending_offer());
        b_->send_prack(turn, services_, key_, *b_->prack_owed, declined);
    });
}

void Call::serve_owed_pracks(const std::function<void()>& send) {
    std::vector<std::string> tags;
    const auto collect = [&](const Fork& fork) {
        if (fork.prack_owed) { tags.push_back(fork.dialog->remote_tag()); }
    };
    collect(*b_);
    std::ranges::for_each(b_->early.others(), collect);
    for (const std::string& tag : tags) {
        in_early_dialog(tag, [&] {
            send();
            b_->prack_owed.reset();
        });
    }
}

// What is done in an early dialog that the media does not follow leaves the leg where it was.
void Call::in_early_dialog(std::string_view tag, const std::function<void()>& serve) {
    const std::string followed = b_->dialog->remote_tag();
    if (!b_->early.enter(*b_, tag)) { return; }
    setup_->aside = tag != followed;
    serve();
    setup_->aside = false;
    b_->early.enter(*b_, followed);
}

bool Call::has_dialog(media::Side side, const sip::Message& message) const {
    if (departing_.has_dialog(message) || devices_->has_dialog(message)) { return true; }
    const Leg* which = leg(side);
    return which != nullptr && which->has_dialog(message);
}

// An early one besides that of the leg ends when that is answered.
bool Leg::has_dialog(const sip::Message& message) const {
    const auto is_it = [&](const Fork& fork) { return fork.dialog && fork.dialog->matches_request(message); };
    const bool is_early = dialog && dialog->state() == sip::Dialog::State::early;
    return is_it(*this) || (is_early && std::ranges::any_of(early.others(), is_it));
}

void Leg::forget_pracks(const Services& services) const {
    services.index.forget(prack.transaction);
    for (const Fork& fork : early.others()) { services.index.forget(fork.prack.transaction); }
}

bool Leg::is_prack(sip::TransactionId transaction) const {
    const auto sent = [&](const Fork& fork) { return fork.prack.transaction == transaction; };
    return sent(*this) || std::ranges::any_of(early.others(), sent);
}

// Of interest only where it asks for credentials: whatever else went wrong, B's final response will tell.
void Call::on_prack_response(Turn& turn, sip::TransactionId transaction, const sip::Message& response) {
    const bool wanted = setup_ && !setup_->answered_by_b && !b_->over;
    if (!wanted || !b_->take_challenge(response)) { return; }
    const auto send_again = [&] {
        const Prack last = b_->prack;
        if (last.transaction == transaction) { b_->send_prack(turn, services_, key_, last.rack, last.sdp); }
    };
    in_early_dialog(sip::tag_of(response.first(sip::HeaderId::to).value_or("")), send_again);
}

}  // namespace server
