// How a list shows the call, and how it ended, for whoever watches.
#include "server/b2bua/call_brief.hpp"

#include "server/b2bua/call.hpp"
#include "server/b2bua/originated.hpp"

namespace server {
namespace {

std::optional<LegBrief> brief_of(const Leg* leg) {
    if (leg == nullptr || leg->is_empty) { return std::nullopt; }
    return LegBrief{leg->trunk_name(), leg->party.user_name(), leg->flow.remote, leg->flow.transport};
}

}  // namespace

bool Call::hears_music(media::Side side) const {
    const auto counts = session_ ? services_.engine.counts(session_, side) : std::nullopt;
    return counts && counts->music;
}

CallBrief Call::make_brief() const {
    using media::Side;
    const bool up = state_ == State::up;
    return {id_,
            std::string{to_text(state_)},
            from_,
            to_,
            route_,
            started_,
            answered_,
            {up && a_ && holds(a_->wish), up && b_ && holds(b_->wish)},
            {a_ && a_->held_here, b_ && b_->held_here},
            {hears_music(Side::a), hears_music(Side::b)},
            renegotiations_,
            brief_of(a_.get()),
            brief_of(b_.get())};
}

// After each turn of the call. False: a list shows it as before.
bool Call::renew_brief() {
    CallBrief brief = make_brief();
    if (brief_ && *brief_ == brief) { return false; }
    brief_ = std::make_shared<const CallBrief>(std::move(brief));
    return true;
}

CallEnd Call::end_of() const { return {meter_.outcome(), meter_.code(), meter_.cause(), meter_.ended_by()}; }

}  // namespace server
