#include "server/routing/trunk_view.hpp"

#include <algorithm>

namespace server {

TrunkHealth::State TrunkView::state() const {
    std::optional<TrunkHealth::State> sum;
    for (const TrunkPeerView& peer : peers) {
        if (peer.known) { sum = together(sum, peer.known->state); }
    }
    return sum.value_or(TrunkHealth::State::unknown);
}

// During a reload one shard may know other peers than another.
void TrunkView::add(const TrunkView& of_other_shard) {
    calls += of_other_shard.calls;
    for (const auto& [reason, count] : of_other_shard.rejected) { rejected[reason] += count; }
    for (TrunkPeerView& peer : peers) {
        const auto same = [&](const TrunkPeerView& other) { return other.uri == peer.uri; };
        const auto found = std::ranges::find_if(of_other_shard.peers, same);
        if (found != of_other_shard.peers.end() && found->known) { peer.known = found->known; }
    }
}

void add_trunks(std::vector<TrunkView>& sum, const std::vector<TrunkView>& of_shard) {
    for (const TrunkView& trunk : of_shard) {
        const auto at = std::ranges::lower_bound(sum, trunk.name, {}, &TrunkView::name);
        if (at == sum.end() || at->name != trunk.name) {
            sum.insert(at, trunk);
        } else {
            at->add(trunk);
        }
    }
}

}  // namespace server
