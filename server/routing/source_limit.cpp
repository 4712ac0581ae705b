#include "server/routing/source_limit.hpp"

#include <algorithm>

namespace server {

base::Duration SourceLimit::blocked_for(base::Instant now, const base::IpAddress& source) const {
    const auto found = by_source_.find(key_of(source));
    if (found == by_source_.end()) { return {}; }
    const base::Instant until = found->second->clean - (settings_.in_hand - 1) * settings_.comes_back;
    return std::max(until - now, base::Duration{});
}

void SourceLimit::spend(base::Instant now, const base::IpAddress& source) {
    const base::IpAddress key = key_of(source);
    const auto found = by_source_.find(key);
    if (found != by_source_.end()) {
        sources_.splice(sources_.end(), sources_, found->second);
    } else {
        sources_.push_back({key, now});
        by_source_[key] = std::prev(sources_.end());
    }
    base::Instant& clean = sources_.back().clean;
    clean = std::max(clean, now) + settings_.comes_back;
    if (sources_.size() <= settings_.sources) { return; }
    by_source_.erase(sources_.front().address);
    sources_.pop_front();
}

base::IpAddress SourceLimit::key_of(const base::IpAddress& source) {
    const base::IpAddress plain = source.unmapped();
    if (!plain.is_v6()) { return plain; }
    constexpr std::size_t network_bytes = 8;
    std::array<std::uint8_t, 16> network{};
    std::copy_n(plain.bytes().begin(), network_bytes, network.begin());
    return base::IpAddress::v6(network);
}

}  // namespace server
