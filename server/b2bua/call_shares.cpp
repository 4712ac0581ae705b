#include "server/b2bua/call_shares.hpp"

#include <algorithm>
#include <utility>

namespace server {

void CallShares::set(CallKey key, CallShare share) {
    const auto found = shares_.find(key);
    if (found == shares_.end()) {
        add(share);
        shares_.emplace(key, std::move(share));
        return;
    }
    if (found->second == share) { return; }
    subtract(found->second);
    add(share);
    found->second = std::move(share);
}

void CallShares::remove(CallKey key) {
    const auto found = shares_.find(key);
    if (found == shares_.end()) { return; }
    subtract(found->second);
    shares_.erase(found);
}

void CallShares::fill(CoreGauges& gauges) const {
    std::ranges::copy(states_, gauges.calls_by_state);
    gauges.holds = holds_;
    gauges.media_sessions = media_;
    gauges.one_way = one_way_;
    gauges.trunk_legs = trunk_legs_;
}

void CallShares::add(const CallShare& share) {
    ++states_[share.state];
    holds_ += share.holds;
    media_ += share.has_media ? 1 : 0;
    one_way_ += share.is_one_way ? 1 : 0;
    for (const std::string& trunk : share.trunks) {
        if (!trunk.empty()) { ++trunk_legs_[trunk]; }
    }
}

void CallShares::subtract(const CallShare& share) {
    --states_[share.state];
    holds_ -= share.holds;
    media_ -= share.has_media ? 1 : 0;
    one_way_ -= share.is_one_way ? 1 : 0;
    for (const std::string& trunk : share.trunks) {
        const auto legs = trunk_legs_.find(trunk);
        if (legs != trunk_legs_.end() && --legs->second == 0) { trunk_legs_.erase(legs); }
    }
}

}  // namespace server
