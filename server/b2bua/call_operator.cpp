// What an operator asks of a leg. Its hold is ours: kept apart from what either peer wants, until the operator takes it
// back. The leg hears music (of a music server: RFC 7088), the other leg hears nothing of it.
#include <string>
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/words.hpp"

namespace server {
namespace {

std::string_view to_text(LegOrder::Kind kind) {
    switch (kind) {
        case LegOrder::Kind::hold:
            return "hold";
        case LegOrder::Kind::resume:
            return "resume";
        case LegOrder::Kind::reinvite:
            return "reinvite";
    }
    return {};
}

}  // namespace

OrderResult Call::take_order(Turn& turn, const LegOrder& order) {
    const bool whole = a_ && b_ && !a_->over && !b_->over;
    if (!whole || !dialogs_confirmed() || transfer_) { return OrderResult::not_now; }
    Leg& leg = order.leg == media::Side::a ? *a_ : *b_;
    explain(turn, "the operator asks for a " + std::string{to_text(order.kind)} + " of " + words::peer(leg));
    log(turn, config::LogLevel::info, "call.ordered",
        {{"leg", std::string{letter(leg.side)}}, {"order", std::string{to_text(order.kind)}}});
    const bool reinvites = order.kind == LegOrder::Kind::reinvite;
    const bool held = reinvites ? leg.held_here : order.kind == LegOrder::Kind::hold;
    const bool changes = std::exchange(leg.held_here, held) != held;
    if (changes && held && holds_by_music_server(leg)) { negotiation_.want_source(leg.side); }
    if (!held) { drop_source_of(leg); }
    negotiation_.owe(leg.side, reinvites);
    negotiation_.owe(media::other(leg.side));
    apply_media(turn);  // whatever the peers answer
    run(turn, {});
    return OrderResult::taken;
}

bool Call::is_held_here() const { return (a_ && a_->held_here) || (b_ && b_->held_here); }

}  // namespace server
