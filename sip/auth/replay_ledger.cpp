#include "sip/auth/replay_ledger.hpp"

#include <algorithm>
#include <limits>

namespace sip {

ReplayLedger::Use ReplayLedger::note(const Nonce& nonce, std::optional<std::uint32_t> count) {
    const auto found = uses_.find(nonce.serial);
    if (found == uses_.end()) { return begin(nonce, count); }
    return count ? slide(found->second, *count) : Use::repeated;
}

ReplayLedger::Use ReplayLedger::begin(const Nonce& nonce, std::optional<std::uint32_t> count) {
    if (horizon_ && nonce.issued <= *horizon_) { return Use::forgotten; }
    const Window used_up{nonce.issued, std::numeric_limits<std::uint32_t>::max(), ~std::uint64_t{0}};
    uses_.emplace(nonce.serial, count ? Window{nonce.issued, *count, 1} : used_up);
    by_age_.push_back(nonce.serial);
    if (uses_.size() <= limit_) { return Use::first; }
    const auto oldest = uses_.find(by_age_.front());
    horizon_ = std::max(horizon_.value_or(oldest->second.issued), oldest->second.issued);
    uses_.erase(oldest);
    by_age_.pop_front();
    return Use::first;
}

ReplayLedger::Use ReplayLedger::slide(Window& window, std::uint32_t count) {
    constexpr std::uint32_t width = 64;
    if (count > window.highest) {
        const std::uint32_t ahead = count - window.highest;
        window.seen = ahead >= width ? 1 : window.seen << ahead | 1;
        window.highest = count;
        return Use::first;
    }
    const std::uint32_t behind = window.highest - count;
    if (behind >= width) { return Use::repeated; }
    const std::uint64_t bit = std::uint64_t{1} << behind;
    if ((window.seen & bit) != 0) { return Use::repeated; }
    window.seen |= bit;
    return Use::first;
}

}  // namespace sip
