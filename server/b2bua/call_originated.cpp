// A call that the operator asks for (RFC 3725 §4.1, with the offer made here: flow IV): `from` is called as leg B while
// nobody sits at leg A. When it has answered it hears music, and `to` is called as the target of a transfer is, whose
// transferor has left: it takes the empty seat.
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/originated.hpp"
#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"

namespace server {
namespace {

constexpr std::string_view nowhere = "operator.invalid";

// The INVITE that somebody at leg A would have sent: what `from` is shown is taken of it.
sip::Message imagined_invite(const Originated& from, const Originated& to, const std::string& display,
                             const std::string& call_id, std::string_view tag) {
    sip::Uri callee;
    callee.has_user = true;
    callee.user = from.dialled.user;
    callee.host = nowhere;
    sip::NameAddr caller;
    caller.display = display;
    caller.uri = callee;
    caller.uri.user = to.dialled.user;
    caller.set_parameter("tag", std::string{tag});
    sip::Message invite = sip::Message::request(sip::Method::invite, callee.to_string());
    invite.add(sip::HeaderId::from, caller.to_string());
    invite.add(sip::HeaderId::to, '<' + callee.to_string() + '>');
    invite.add(sip::HeaderId::call_id, call_id);
    invite.add(sip::HeaderId::cseq, "1 INVITE");
    invite.add(sip::HeaderId::contact, "<sip:" + std::string{nowhere} + '>');
    return invite;
}

}  // namespace

void Call::originate(Turn& turn, Origination origination) {
    started_ = turn.now;
    origination_ = std::make_unique<Origination>(std::move(origination));
    const Originated& from = origination_->from;
    const Originated& to = origination_->to;
    from_ = from.shown;
    to_ = to.shown;
    route_ = from.route.name;
    a_ = std::make_unique<Leg>(media::Side::a, services_, sip::Flow{}, OwnAddress{}, Party{}, record_);
    Leg& a = *a_;
    a.is_empty = true;
    a.local_tag = services_.random.token(tag_length);
    a.call_id = id_;
    setup_->invite = imagined_invite(from, to, origination_->display, id_, services_.random.token(tag_length));
    a.dialog = sip::Dialog::as_callee(setup_->invite, a.local_tag);
    negotiation_.set_rules(media::Side::a, a.negotiation_rules(config()));
    log(turn, config::LogLevel::info, "call.started", {{"from", from_}, {"to", to_}, {"by", "operator"}});
    explain(turn, "the operator calls " + from.shown + " for " + to.shown);
    if (from.route.route) { explain(turn, words::routed(from.dialled.user, from.route)); }
    setup_->mode = Setup::Mode::offerless_local;
    setup_->attempts = attempts_for(turn.now, from.route, from.dialled, *snapshot_->routing, services_);
    next_attempt(turn);
}

// The one who was called first has answered: now the other one is.
void Call::on_first_answered(Turn& turn) {
    if (state_ == State::routing) { services_.counters.call_setup.observe(turn.now - started_); }
    decline_owed_pracks(turn);
    b_->preview.reset();
    state_ = State::up;
    answered_ = turn.now;
    count_outcome("answered");
    log(turn, config::LogLevel::info, "call.answered", {{"by", b_->flow.remote.to_string()}});
    negotiation_.on_set_up(media::Side::a, false);
    leg_over(*a_);
    confirm_setup(turn);

    const Originated& to = origination_->to;
    explain(turn, origination_->from.shown + " answered: " + to.shown + " is called");
    if (to.route.route) { explain(turn, words::routed(to.dialled.user, to.route)); }
    transfer_ = std::make_unique<Transfer>(media::Side::a);
    transfer_->originated = true;
    transfer_->referrer_left = true;
    transfer_->attempts = attempts_for(turn.now, to.route, to.dialled, *snapshot_->routing, services_);
    timers_.arm(Timer::transfer, turn.now + ring_time());
    apply_media(turn);
    next_transfer_attempt(turn);
}

base::Duration Call::ring_time() const {
    const auto asked = origination_ ? origination_->no_answer : std::nullopt;
    return asked.value_or(config().sip.no_answer);
}

bool Call::awaits_first_answer() const { return origination_ && setup_ && state_ != State::ending; }

}  // namespace server
