// The questions to trunks' peers that are under way: which transaction, or lookup of a name, is for whom.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "server/routing/trunk_health.hpp"
#include "sip/transport.hpp"

namespace server {

class TrunkPings {
public:
    void asked(sip::TransactionId transaction, TrunkPeerName peer) { transactions_[transaction] = std::move(peer); }
    void looked_up(std::uint64_t resolution, TrunkPeerName peer) { resolutions_[resolution] = std::move(peer); }
    // Whose it is, once.
    std::optional<TrunkPeerName> take(sip::TransactionId transaction) { return take(transactions_, transaction); }
    std::optional<TrunkPeerName> take_resolution(std::uint64_t id) { return take(resolutions_, id); }
    // It was waited for long enough: what comes now says nothing of the next question.
    void forget(const TrunkPeerName& peer) {
        std::erase_if(transactions_, [&](const auto& entry) { return entry.second == peer; });
        std::erase_if(resolutions_, [&](const auto& entry) { return entry.second == peer; });
    }
    std::size_t size() const { return transactions_.size() + resolutions_.size(); }

private:
    template <class Map, class Key>
    static std::optional<TrunkPeerName> take(Map& map, const Key& key) {
        auto entry = map.extract(key);
        return entry.empty() ? std::nullopt : std::optional{std::move(entry.mapped())};
    }

    std::unordered_map<sip::TransactionId, TrunkPeerName> transactions_;
    std::unordered_map<std::uint64_t, TrunkPeerName> resolutions_;
};

}  // namespace server
