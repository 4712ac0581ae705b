// A trunk as operators see it. Copied out of the shards and added up, never shared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/routing/trunk_health.hpp"

namespace server {

struct TrunkPeerView {
    std::string uri;  // as configured
    unsigned priority = 1;
    unsigned weight = 100;
    std::optional<TrunkHealth::Known> known;  // none: not asked, or not by this shard
};

struct TrunkView {
    std::string name;
    bool is_asked = false;  // whether its peers are there
    std::vector<TrunkPeerView> peers;
    std::size_t calls = 0;                          // legs of calls that are up or begin
    std::map<std::string, std::uint64_t> rejected;  // reason: requests of it that began nothing

    TrunkHealth::State state() const;
    void add(const TrunkView& of_other_shard);
};

// Of all shards, by name: those that any of them has.
void add_trunks(std::vector<TrunkView>& sum, const std::vector<TrunkView>& of_shard);

}  // namespace server
