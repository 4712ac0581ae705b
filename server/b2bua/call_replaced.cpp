// An INVITE with Replaces (RFC 3891 §3, §4): its sender takes the place of one of our peers. It is answered at once and
// waits beside the call, as the target of a transfer does, until it has acknowledged that and nothing else is open;
// then whom it replaces gets BYE, and the other peer is told. Leaves out: early dialogs, Join (RFC 3911).
#include <utility>

#include "server/b2bua/call_id.hpp"
#include "server/b2bua/leg_descriptions.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/owed_description.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"
#include "sip/dialog/session_timer_fields.hpp"
#include "sip/message/body.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

// RFC 3891 §3: "0" stands for the missing tag of a peer of RFC 2543.
bool is_peer(const Leg& leg, const sip::Replaces& replaces) {
    if (!leg.dialog) { return false; }
    const std::string& tag = leg.dialog->remote_tag();
    return tag == replaces.from_tag || (tag.empty() && replaces.from_tag == "0");
}

const RequestFault no_such_dialog{481, "there is no such dialog", {}, {}};
const RequestFault is_over{603, "that dialog has ended", {}, {}};

}  // namespace

std::optional<RequestFault> Call::judge_replaces(media::Side side, const sip::Replaces& replaces) const {
    const Leg* leaving = departing_.find(replaces.call_id, replaces.to_tag);
    if (leaving != nullptr) { return is_peer(*leaving, replaces) ? is_over : no_such_dialog; }
    const Leg* replaced = leg(side);
    if (media::is_music_leg(side) || replaced == nullptr || !is_peer(*replaced, replaces)) { return no_such_dialog; }
    const Leg* partner = other(*replaced);
    if (state_ == State::ending || replaced->over || replaced->bye_sent || (partner != nullptr && partner->over)) {
        return is_over;
    }
    // One that a peer asks for and nobody has answered yet is not ours to give away (§3); that a call that rings at B
    // is picked up by somebody else is left out.
    if (replaced->dialog->state() == sip::Dialog::State::early) { return no_such_dialog; }
    if (replaces.early_only) { return RequestFault{486, "that dialog is answered already", {}, {}}; }
    if (partner == nullptr) { return RequestFault{603, "nobody is at the other end of that dialog", {}, {}}; }
    if (transfer_) { return RequestFault{491, "a transfer of that call is under way", {}, {}}; }
    return std::nullopt;
}

void Call::replace(Turn& turn, media::Side side, sip::TransactionId transaction, const sip::Message& invite,
                   const sip::Flow& flow, Party party) {
    transfer_ = std::make_unique<Transfer>(side);
    transfer_->invited = true;
    auto own = !party.is_known() ? loop_address(flow, services_.setup)
                                 : own_address(flow, config(), services_.setup, wants_sips(invite));
    make_beside(turn, flow, std::move(own), party);
    const bool opened = open_beside(turn);
    Leg& leg = *transfer_->leg;
    leg.loops = !party.is_known();
    leg.local_tag = make_tag(services_.setup.shard, services_.random);
    leg.call_id = std::string{invite.first(sip::HeaderId::call_id).value_or("")};
    leg.dialog = sip::Dialog::as_callee(invite, leg.local_tag);
    leg.invite_in = transaction;
    leg.open_invite = invite;
    leg.learn(invite);
    explain(turn,
            words::partner(leg) + " asks to take the place of " + words::peer(side == media::Side::a ? *a_ : *b_));
    services_.index.add_dialog(leg.call_id, leg.local_tag, key_, leg.side);
    if (!leg.dialog) { return refuse_replacement(turn, 400, "no usable Contact or From"); }
    leg.timer_reply = leg.session_timer.on_request(sip::read_timer_request(invite));
    if (leg.timer_reply.too_small) { return refuse_replacement(turn, 422, {}); }
    if (!opened) { return refuse_replacement(turn, 503, "no media port is free"); }
    if (const auto refusal = leg.take_first_offer(invite, config())) {
        leg.count_refused(services_, *refusal);
        return refuse_replacement(turn, refusal->status, refusal->text);
    }
    leg.answer_invite(turn, services_, leg.make_invite_response(200), session_beside(leg));
    apply_media(turn);
}

void Call::refuse_replacement(Turn& turn, int status, std::string_view why) {
    Leg& leg = *transfer_->leg;
    explain(turn, words::told_refusal(status, why));
    sip::Message response = leg.make_invite_response(status);
    if (!why.empty()) { add_warning(response, 399, why); }
    if (leg.timer_reply.too_small) { sip::add_timer(leg.timer_reply, response); }
    leg.respond_invite(turn, services_, response);
    ++services_.counters.transfers[{transfer_->kind(), "refused"}];
    give_up_target(turn);
    apply_media(turn);
}

// Our answer, or offer, to a leg beside the call, as it will be in its place.
std::string Call::session_beside(Leg& leg) {
    const Leg& partner = transfer_->from == media::Side::a ? *b_ : *a_;
    const bool offered = leg.offer_answer.state() == sip::sdp::OfferAnswer::State::remote_offer;
    if (!offered) { leg.slot = 0; }
    const bool music = server::music_may_play(partner.wish, false, leg.hold(config()).when);
    const Direction wish = offered ? leg.wish : Direction::sendrecv;
    const Direction direction = ours_towards(wish, shown_wish(leg, partner.wish), music);
    const Formats spoken = partner.agreed_formats(partner.codecs(config()));
    return offered ? write_answer(leg, config(), direction, spoken) : write_offer(leg, config(), direction, spoken);
}

void Call::on_target_ack(Turn& turn, const sip::Message& ack) {
    Leg& leg = *transfer_->leg;
    if (!leg.take_ack(ack)) { return; }
    if (leg.offer_answer.state() == sip::sdp::OfferAnswer::State::local_offer) {
        if (const auto why = take_owed_answer(leg, ack, leg.codecs(config()))) {
            leg.count_refused(services_, *why);
            leg.withdraw_offer();
            return fail_transfer(turn, 488, "its ACK: " + why->text);
        }
    }
    stand_ready(turn);
}

}  // namespace server
