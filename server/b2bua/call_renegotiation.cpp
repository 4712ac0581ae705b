// Requests of a peer to change the session, re-INVITE and UPDATE: read, and given to the two-leg machine
// (negotiation.hpp), whose actions call_renegotiation_actions.cpp carries out. RFC 3261 §14, RFC 3264 §8, RFC 3311 §5,
// RFC 6337 §3.4, §5.
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/owed_description.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "server/b2bua/words.hpp"
#include "sip/dialog/session_timer_fields.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

using Request = Negotiation::Request;

namespace {

std::string retry_after(base::Random& random) { return std::to_string(random.below(11)); }

}  // namespace

void Call::on_reinvite(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    if (state_ == State::ending) { return refuse_request(turn, leg, transaction, request, 481); }
    if (leg.invite_in) {  // §14.2: a second one before the first is answered
        count_turned_away(leg, request, "refused");
        return refuse_request(turn, leg, transaction, request, 500, retry_after(services_.random));
    }
    on_change(turn, leg, transaction, request);
}

// Without a description it changes nothing (RFC 3311 §5.2): a session timer, or a new Contact. Whatever else is open on
// the leg stays as it is.
void Call::on_update(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    if (state_ == State::ending) { return refuse_request(turn, leg, transaction, request, 481); }
    if (leg.update_in) { return refuse_request(turn, leg, transaction, request, 500, retry_after(services_.random)); }
    const bool unreadable = check_body(request).has_value();
    if (unreadable || !sip::session_description(request).empty()) { return on_change(turn, leg, transaction, request); }
    const auto timer = leg.session_timer.on_request(sip::read_timer_request(request));
    if (timer.too_small) { return refuse_interval(turn, leg, transaction, request, timer); }
    leg.answer_without_session(turn, services_, transaction, request, timer);
}

void Call::on_change(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request) {
    const bool offers = !sip::session_description(request).empty();
    if (offers && negotiation_.is_to_give_way(leg.side)) { give_way(turn, leg); }
    switch (admit(leg, request.method(), offers)) {
        case Negotiation::Admission::glare:
            count_turned_away(leg, request, "glare");
            explain(turn, "the change of " + words::peer(leg) + " meets one of ours: it may try again");
            return refuse_request(turn, leg, transaction, request, 491);
        case Negotiation::Admission::overlap:
            count_turned_away(leg, request, "refused");
            return refuse_request(turn, leg, transaction, request, 500, retry_after(services_.random));
        case Negotiation::Admission::take:
            break;
    }
    if (request.method() != sip::Method::prack) {  // which says nothing of the session's timer
        auto& reply = leg.timer_reply_to(request.method());
        reply = leg.session_timer.on_request(sip::read_timer_request(request));
        if (reply.too_small) { return refuse_interval(turn, leg, transaction, request, reply); }
    }
    note_codecs();  // that it may change
    leg.open_change(transaction, request, turn.now);
    if (request.method() == sip::Method::invite) {
        leg.respond_invite(turn, services_, leg.make_invite_response(100));
        take_as_acknowledged(turn, leg);
    }
    const auto kind = read_change(turn, leg, request);
    if (!kind) { return run(turn, {}); }
    ++renegotiations_;
    Negotiation::Actions actions;
    const bool update = request.method() != sip::Method::invite;
    negotiation_.on_request(turn.now, leg.side,
                            {*kind, update ? Negotiation::Carrier::update : Negotiation::Carrier::invite}, actions);
    if (negotiation_.is_queued(leg.side)) { explain(turn, words::queued(leg, *other(leg))); }
    run(turn, actions);
    fill_silence_before(turn, leg);
}

// A browser neither tries again after 491 nor gets over one (RFC 3261 §14.1 asks for both).
void Call::give_way(Turn& turn, const Leg& leg) {
    explain(turn, "the change of " + words::peer(leg) + " meets one of ours, which waits");
    Negotiation::Actions actions;
    negotiation_.give_way(leg.side, actions);
    for (const auto& action : actions) { run_one(turn, action, {}); }
}

// RFC 3261 §14.2, RFC 3311 §5.2. In an early dialog an INVITE is open, and an UPDATE may come all the same: there the
// offers alone decide, and the first exchange must be over.
Negotiation::Admission Call::admit(const Leg& leg, sip::Method method, bool offers) const {
    using Admission = Negotiation::Admission;
    using Exchange = sip::sdp::OfferAnswer::State;
    const bool update = method != sip::Method::invite;
    const bool early = update && setup_;
    // Its offer in a 2xx of ours waits for the answer: that the ACK is owed as well does not make it one of ours.
    if (update && leg.offer_answer.state() == Exchange::remote_offer) { return Admission::overlap; }
    const bool is_asked = leg.invite_out_open && !(leg.webrtc && offers);  // else ours has given way
    if (!early && (is_asked || leg.ack_owed)) { return Admission::glare; }
    if (leg.update_out || leg.offer_answer.state() == Exchange::local_offer) { return Admission::glare; }
    if (leg.offer_answer.state() == Exchange::remote_offer || (early && !is_settled(leg))) {
        return Admission::overlap;
    }
    return negotiation_.admit(leg.side, offers);
}

// Has the first exchange of offer and answer come to its end? What an unreliable 18x shows A is no answer yet.
bool Call::is_settled(const Leg& leg) const {
    const bool said = leg.side == media::Side::b || state_ == State::up || setup_->session_sent;
    return said && leg.offer_answer.agreed().has_value();
}

// Whoever sends a new INVITE has our 2xx to its last one: that ACK was lost, or is late.
void Call::take_as_acknowledged(Turn& turn, Leg& leg) {
    if (!leg.sent_answer.awaits_ack()) { return; }
    leg.sent_answer.stop();
    leg.last_2xx.reset();
    if (setup_ && leg.side == media::Side::a) { confirm_setup(turn); }
}

// What it asks for; nullopt: it was refused, and nothing has changed.
std::optional<Request> Call::read_change(Turn& turn, Leg& leg, const sip::Message& request) {
    if (const auto fault = check_body(request)) {
        return refuse_offer(turn, leg, {fault->status, 399, fault->warning, fault->rule},
                            {fault->header, fault->value});
    }
    const std::string_view sdp = sip::session_description(request);
    if (sdp.empty()) { return read_offerless(turn, leg); }
    auto offer = sip::sdp::parse(sdp);
    if (!offer) { return refuse_offer(turn, leg, offer.error()); }
    return read_offer(turn, leg, std::move(*offer));
}

Request Call::read_offerless(Turn& turn, Leg& leg) {
    leg.change.kind = "offerless";
    const Leg* peer = other(leg);
    explain(turn, words::asked_for_offer(leg, peer, config()));
    if (peer == nullptr || peer->over) { return Request::offerless_here; }
    if (leg.hold(config()).on_offerless == config::OnOfferless::immediate) {
        leg.offerless_open = true;
        expect_music(other(leg), turn.now);
        apply_media(turn);  // the first packet of the music leaves here
    }
    leg.change.refused_before = peer->refuses.contains("offerless");
    return leg.change.refused_before ? Request::offerless_here : Request::offerless;
}

std::optional<Request> Call::read_offer(Turn& turn, Leg& leg, sip::sdp::Session offer) {
    const LineRules rules = leg.line_rules(config());
    const auto slot = find_slot_or_removal(offer, leg.slot, rules);
    if (!slot) { return refuse_offer(turn, leg, no_audio_line(offer, rules)); }
    const auto before = leg.offer_answer.agreed();
    const Direction wish = audio_direction(offer, *slot);
    const bool codec = !before || changes_codec(*before, offer, *slot, rules.codecs);
    const auto taken = leg.offer_answer.on_remote_offer(std::move(offer), rules.codecs);
    if (!taken) { return refuse_offer(turn, leg, taken.error()); }
    const bool keeps_wish = leg.webrtc && before && leg.slot;  // while it is held, SIP.js goes on offering recvonly
    const Direction ours = keeps_wish ? agreed_direction(*before, *leg.slot) : Direction::sendrecv;
    leg.slot_before = std::exchange(leg.slot, slot);
    leg.pending_wish = keeps_wish ? wish_after_fresh_offer(leg.wish, ours, wish) : wish;
    take_streams(leg);
    const OfferNews news{leg.pending_wish != leg.wish, codec, news_of_streams(leg)};
    leg.change.unchanged = taken->unchanged;
    leg.change.kind = news.direction                     ? (holds(leg.pending_wish) ? "hold" : "resume")
                      : codec                            ? "codec"
                      : news.streams != StreamNews::none ? "video"
                      : taken->unchanged                 ? "refresh"
                                                         : "transport";
    const bool stream = news.streams == StreamNews::stream;
    leg.change.mixed = (news.direction && (codec || stream)) || (codec && stream);
    if (leg.change.kind == "hold" && dialogs_confirmed()) { expect_music(other(leg), turn.now); }
    leg.change.refused_before = leg.change.kind == "video" && news.streams == StreamNews::refused_before;
    const auto meaning = leg.change.refused_before ? Request::here : meaning_for_far(leg, news);
    explain(turn, words::asked(leg, other(leg), leg.change.kind, meaning == Request::change));
    return meaning;
}

// A hold that far is not to learn of, or has refused, is kept from it (shown_wish), and only that: what else the offer
// changes is relayed.
Request Call::meaning_for_far(Leg& leg, const OfferNews& news) {
    const Leg* peer = other(leg);
    if (peer == nullptr || peer->over) { return Request::here; }
    const std::string& kind = leg.change.kind;
    const bool alone = !news.has_streams() && !(news.direction && news.codec);
    const bool hidden = is_held_here() || peer->keeps_holds(config());
    const bool absorbed = news.direction && alone && hidden;
    const bool relayed = news.concerns_far() ? !absorbed : leg.renegotiation(config()).relay_refresh;
    if (!relayed) { return Request::here; }
    // What would be passed on is asked again: only far can refuse it.
    const bool heals = leg.renegotiation(config()).on_refusal == config::OnRefusal::heal;
    leg.change.refused_before = kind != "video" && alone && heals && peer->refuses.contains(kind);
    if (leg.change.refused_before) { return Request::here; }
    if (kind == "hold" && !leg.change.mixed && dialogs_confirmed() && holds_by_music_server(*peer)) {
        negotiation_.want_source(peer->side);
        return Request::here;
    }
    return setup_ && leg.change.method != sip::Method::invite ? Request::later : Request::change;
}

// `field`: a header field that the response must carry.
std::nullopt_t Call::refuse_offer(Turn& turn, Leg& leg, const sip::sdp::Refusal& refusal, const Field& field) {
    sip::Message response = leg.make_change_response(refusal.status);
    if (!field.first.empty()) { response.add(field.first, field.second); }
    add_warning(response, refusal.warning_code, refusal.text);
    explain(turn, "the offer of " + words::peer(leg) + " is refused: " + std::string{refusal.text});
    count_turned_away(leg, leg.change.method == sip::Method::invite ? *leg.open_invite : *leg.open_update, "refused");
    leg.refuse_change(turn, services_, response);
    leg.count_refused(services_, refusal);
    return std::nullopt;
}

// The answer to an offer of ours, or nothing, in the ACK of a 2xx.
void Call::on_reinvite_ack(Turn& turn, Leg& leg, const sip::Message& ack) {
    auto result = Negotiation::Ack::with_answer;
    std::string reason;
    if (negotiation_.awaits_answer(leg.side)) {
        result = take_answer_of_ack(turn, leg, ack, reason);
        leg.offerless_open = false;
        // `hold.on_offerless: answer`: it is the ACK that holds.
        if (holds(leg.wish) && leg.hold(config()).on_offerless == config::OnOfferless::answer) {
            expect_music(other(leg), turn.now);
        }
        if (result != Negotiation::Ack::with_answer) {
            count_renegotiation(turn, leg, result == Negotiation::Ack::tolerated ? "local" : "failed");
        }
    }
    Negotiation::Actions actions;
    negotiation_.on_ack(turn.now, leg.side, result, actions);
    run(turn, actions, reason);
    settle_music(other(leg), turn.now);
}

// `reason`: of the BYEs, if the call ends for it.
Negotiation::Ack Call::take_answer_of_ack(Turn& turn, Leg& leg, const sip::Message& ack, std::string& reason) {
    auto& answers = services_.counters.offerless_answers;
    const std::string side{letter(leg.side)};
    const auto fault = take_owed_answer(leg, ack, leg.codecs(config()));
    if (!fault) {
        take_wish_of_answer(leg);
        ++answers[{side, std::string{sip::sdp::to_text(leg.wish_of_answer())}}];
        return Negotiation::Ack::with_answer;
    }
    const sip::sdp::Refusal& why = *fault;
    ++answers[{side, why.rule == "missing_answer" ? "missing" : "bad"}];
    const bool tolerated = !setup_ && leg.renegotiation(config()).tolerate_missing_answer;
    leg.count_refused(services_, why);
    explain(turn, words::bad_ack(leg, why.text, tolerated));
    log(turn, config::LogLevel::warn, "renegotiation.bad_ack",
        {{"leg", std::string{letter(leg.side)}}, {"rule", why.rule}});
    reason = "SIP;cause=488;text=" + quoted(why.text);
    return tolerated ? Negotiation::Ack::tolerated : Negotiation::Ack::without_answer;
}

}  // namespace server
