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
    constexpr std::size_t max_forks = 8;
    const auto to = response.first(sip::HeaderId::to);
    const std::string tag{to ? sip::tag_of(*to) : std::string_view{}};
    const Fork* early = early_.find(tag);  // it may have had requests of ours already
    auto fork = early != nullptr ? early->dialog : sip::Dialog::as_caller(*sent_invite_, response);
    const auto cseq = sip::CSeq::parse(sent_invite_->first(sip::HeaderId::cseq).value_or(""));
    if (!fork || !cseq || forked_tags_.size() >= max_forks) { return; }
    fork->confirm(response);
    const sip::Flow way = next_flow(*fork, b_->flow, services_.setup);
    sip::Message ack = fork->make_ack(cseq->number);
    const std::string sdp = declining_answer(response);
    ack.set_body(sdp.empty() ? std::string_view{} : "application/sdp", sdp);
    for (const auto field : {sip::HeaderId::authorization, sip::HeaderId::proxy_authorization}) {
        if (const auto value = sent_invite_->first(field)) { ack.add(field, *value); }  // as the INVITE's (§13.2.2.4)
    }
    note_sent(turn, media::Side::b, ack);
    turn.sip.send.push_back(services_.layer.make_stateless(std::move(ack), way, b_->own.sent_by));
    if (std::find(forked_tags_.begin(), forked_tags_.end(), tag) != forked_tags_.end()) { return; }
    forked_tags_.push_back(tag);
    explain(turn, "another branch of B answered too: that one is ended");
    sip::Message bye = fork->make_request(sip::Method::bye);
    b_->authorize(bye, services_);
    note_sent(turn, media::Side::b, bye);
    services_.layer.send_request(turn.now, std::move(bye), way, b_->own.sent_by, turn.sip);
}

}  // namespace server
