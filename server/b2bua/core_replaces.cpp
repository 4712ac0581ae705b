// INVITEs that are to take the place of a dialog (RFC 3891 §3): who may send them, and whose call they are for. They
// come from trunks and users, and from this very server, where a transferor has named a dialog that it has with us (RFC
// 5589 §7).
#include <utility>

#include "server/b2bua/addressing.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/core_state.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/replaces.hpp"

namespace server {

std::optional<CallTable::Place> Core::State::replaced_by(const sip::Message& invite) const {
    const auto replaces = sip::Replaces::parse(invite.first(sip::HeaderId::replaces).value_or(""));
    return replaces ? table.of_dialog(replaces->call_id, replaces->to_tag) : std::nullopt;
}

// Whoever forges our address has to name a dialog as well, and hears none of what is answered.
bool Core::State::is_our_replacement(const sip::Message& message, const sip::Flow& flow) const {
    return message.is_request() && message.method() == sip::Method::invite &&
           message.count(sip::HeaderId::replaces) != 0 &&
           sip::tag_of(message.first(sip::HeaderId::to).value_or("")).empty() && is_own_source(flow, setup);
}

// Precondition: checked (request_checks). No new call: one that is there goes on, while the server drains as well.
void Core::State::on_replacing_invite(Turn& turn, const sip::TransactionEvent& event) {
    const auto replaces = sip::Replaces::parse(*event.message.first(sip::HeaderId::replaces));
    const auto place = table.of_dialog(replaces->call_id, replaces->to_tag);
    Call* call = place ? table.find(place->call) : nullptr;
    if (call == nullptr) { return refuse(turn, event, RequestFault{481, "there is no such dialog", {}, {}}); }
    const media::Side beside = media::music_leg(media::other(place->side));  // its sender is of neither leg
    call->note_received(turn, beside, event.message);
    if (const auto fault = call->judge_replaces(place->side, *replaces)) {
        return refuse(turn, event, *fault, call, beside);
    }
    const Party sender = is_own_source(event.flow, setup) ? Party{} : turn.sender;
    call->replace(turn, place->side, event.transaction, event.message, event.flow, sender);
    settle(turn, place->call);
}

}  // namespace server
