// One dialog towards A however B forks: every further 2xx is acknowledged and hung up (RFC 3261 §13.2.2.4).
#include <algorithm>
#include <utility>

#include "server/b2bua/call.hpp"
#include "sip/message/body.hpp"
#include "sip/message/cseq.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

bool Call::on_late_answer(Turn& turn, const sip::Message& response) {
    const auto* const sent = b_ && b_->sent_invite ? &*b_->sent_invite : nullptr;
    const auto is_same = [&](sip::HeaderId field) { return response.first(field) == sent->first(field); };
    const bool ours = sent != nullptr && is_same(sip::HeaderId::cseq) && is_same(sip::HeaderId::call_id);
    const auto to = response.first(sip::HeaderId::to);
    if (!ours || !b_->dialog || !to || sip::tag_of(*to) == b_->dialog->remote_tag()) { return false; }
    note_received(turn, media::Side::b, response);
    on_fork(turn, response);
    return true;
}

// A further 2xx with another To tag: one call has one dialog on each side, so this one ends at once (§13.2.2.4).
void Call::on_fork(Turn& turn, const sip::Message& response) {
    explain(turn, "another branch of B answered too: that one is ended");
    shut_out(turn, b_->early.find(sip::tag_of(response.first(sip::HeaderId::to).value_or(""))), response);
    b_->end_fork(turn, services_, response);
}

// It sent to the place that the leg listens at, and may not have stopped: B is not to be taken for it.
void Call::shut_out(Turn& turn, const Fork* early, const sip::Message& response) {
    const auto described = sip::sdp::parse(sip::session_description(response));
    const bool was_agreed = early != nullptr && early->offer_answer.agreed();
    if (!described && !was_agreed) { return; }
    const sip::sdp::Session& session = was_agreed ? early->offer_answer.agreed()->remote : *described;
    const auto slot = find_slot(session, b_->slot, b_->line_rules(config()));
    const auto source = slot ? sip::sdp::rtp_endpoint(session, session.media[*slot]) : std::nullopt;
    auto& strangers = b_->strangers;
    const bool known = source && std::find(strangers.begin(), strangers.end(), *source) != strangers.end();
    if (!source || known || strangers.size() >= max_forks) { return; }
    strangers.push_back(*source);
    apply_media(turn);
}

void Leg::end_fork(Turn& turn, const Services& services, const sip::Message& response) {
    const Fork* const was_early = early.find(sip::tag_of(response.first(sip::HeaderId::to).value_or("")));
    auto fork = was_early != nullptr ? was_early->dialog : sip::Dialog::as_caller(*sent_invite, response);
    const auto cseq = sip::CSeq::parse(sent_invite->first(sip::HeaderId::cseq).value_or(""));
    if (!fork || !cseq) { return; }
    fork->confirm(response);
    const auto known = std::find_if(ended_forks_.begin(), ended_forks_.end(),
                                    [&](const KeptAck& ended) { return ended.tag == fork->remote_tag(); });
    const bool is_new = known == ended_forks_.end();
    if (is_new && ended_forks_.size() >= max_forks) { return; }
    const KeptAck kept =
        is_new ? ended_forks_.emplace_back(KeptAck{fork->remote_tag(), declining_answer(response)}) : *known;
    const sip::Flow way = way_to(*fork, services.setup);
    sip::Message ack = fork->make_ack(cseq->number);
    ack.set_body(kept.body.empty() ? std::string_view{} : "application/sdp", kept.body);
    for (const auto field : {sip::HeaderId::authorization, sip::HeaderId::proxy_authorization}) {
        if (const auto value = sent_invite->first(field)) { ack.add(field, *value); }  // as the INVITE's (§13.2.2.4)
    }
    record.note_sent(turn.now, side, ack);
    turn.sip.send.push_back(services.layer.make_stateless(std::move(ack), way, own.sent_by));
    if (!is_new) { return; }
    sip::Message bye = fork->make_request(sip::Method::bye);
    authorize(bye, services);
    record.note_sent(turn.now, side, bye);
    services.layer.send_request(turn.now, std::move(bye), way, own.sent_by, turn.sip);
}

void Leg::keep_acks(const Services& services) const {
    if (dialog && sent_ack.acknowledged(invite_out_cseq)) {
        services.index.keep_ack(invite_out, invite_out_offerless, {dialog->remote_tag(), sent_ack.body()});
    }
    const FirstInvite first = first_invite_.id ? first_invite_ : FirstInvite{invite_out, invite_out_offerless};
    for (const KeptAck& ended : ended_forks_) { services.index.keep_ack(first.id, first.offerless, ended); }
}

}  // namespace server
