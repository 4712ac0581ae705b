// One dialog towards A however B forks: every further 2xx is acknowledged and hung up (RFC 3261 §13.2.2.4).
#include <algorithm>
#include <utility>

#include "server/b2bua/call.hpp"
#include "sip/message/body.hpp"
#include "sip/message/cseq.hpp"
#include "sip/sdp/parser.hpp"

namespace server {

// Where our INVITE brought no offer, the 2xx did, and the ACK owes it an answer even if the dialog ends at once.
std::string Call::declining_answer(const sip::Message& response) const {
    if (!sent_invite_->body().empty() || !b_->ports) { return {}; }
    const auto offer = sip::sdp::parse(sip::session_description(response));
    return offer ? b_->decline(*offer) : std::string{};
}

bool Call::on_late_answer(Turn& turn, const sip::Message& response) {
    const bool ours = sent_invite_ && response.first(sip::HeaderId::cseq) == sent_invite_->first(sip::HeaderId::cseq);
    const auto to = response.first(sip::HeaderId::to);
    if (!ours || !b_ || !b_->dialog || !to || sip::tag_of(*to) == b_->dialog->remote_tag()) { return false; }
    note_received(turn, media::Side::b, response);
    on_fork(turn, response);
    return true;
}

// A further 2xx with another To tag: one call has one dialog on each side, so this one ends at once (§13.2.2.4).
void Call::on_fork(Turn& turn, const sip::Message& response) {
    const auto to = response.first(sip::HeaderId::to);
    const std::string tag{to ? sip::tag_of(*to) : std::string_view{}};
    const Fork* early = early_.find(tag);  // it may have had requests of ours already
    auto fork = early != nullptr ? early->dialog : sip::Dialog::as_caller(*sent_invite_, response);
    if (!fork) { return; }
    fork->confirm(response);
    explain(turn, "another branch of B answered too: that one is ended");
    b_->end_fork(turn, services_, *sent_invite_, std::move(*fork), declining_answer(response));
}

void Leg::end_fork(Turn& turn, const Services& services, const sip::Message& sent_invite, sip::Dialog fork,
                   const std::string& sdp) {
    constexpr std::size_t max_forks = 8;
    const auto cseq = sip::CSeq::parse(sent_invite.first(sip::HeaderId::cseq).value_or(""));
    if (!cseq || forked_tags_.size() >= max_forks) { return; }
    const sip::Flow way = server::next_flow(fork, flow, services.setup);
    sip::Message ack = fork.make_ack(cseq->number);
    ack.set_body(sdp.empty() ? std::string_view{} : "application/sdp", sdp);
    for (const auto field : {sip::HeaderId::authorization, sip::HeaderId::proxy_authorization}) {
        if (const auto value = sent_invite.first(field)) { ack.add(field, *value); }  // as the INVITE's (§13.2.2.4)
    }
    record.note_sent(turn.now, side, ack);
    turn.sip.send.push_back(services.layer.make_stateless(std::move(ack), way, own.sent_by));
    const std::string& tag = fork.remote_tag();
    if (std::find(forked_tags_.begin(), forked_tags_.end(), tag) != forked_tags_.end()) { return; }
    forked_tags_.push_back(tag);
    sip::Message bye = fork.make_request(sip::Method::bye);
    authorize(bye, services);
    record.note_sent(turn.now, side, bye);
    services.layer.send_request(turn.now, std::move(bye), way, own.sent_by, turn.sip);
}

}  // namespace server
