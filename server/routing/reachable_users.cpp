#include "server/routing/reachable_users.hpp"

#include <algorithm>
#include <utility>

namespace server {
namespace {

bool is_same_device(const Binding& a, const Binding& b) {
    if (a.instance.empty() || b.instance.empty()) { return a.uri == b.uri; }
    return a.instance == b.instance && a.reg_id == b.reg_id;
}

}  // namespace

std::vector<ReachableUsers::Move> ReachableUsers::take(const UserBindings& told) {
    std::vector<Move> moves;
    const auto before = std::exchange(by_user_[told.user], told.bindings);
    if (told.bindings->empty()) { by_user_.erase(told.user); }
    if (!before) { return moves; }
    for (const Binding& old : *before) {
        if (old.flow.connection == 0) { continue; }
        const auto is_it = [&old](const Binding& binding) { return is_same_device(old, binding); };
        const auto now = std::ranges::find_if(*told.bindings, is_it);
        const bool moved = now != told.bindings->end() && now->flow.connection != old.flow.connection;
        if (moved) { moves.push_back({old.flow.connection, now->flow}); }
    }
    return moves;
}

std::vector<Binding> ReachableUsers::find(base::Instant now, std::string_view user) const {
    const auto found = by_user_.find(user);
    if (found == by_user_.end()) { return {}; }
    std::vector<Binding> living = *found->second;
    std::erase_if(living, [now](const Binding& binding) { return binding.expires <= now; });
    return living;
}

}  // namespace server
