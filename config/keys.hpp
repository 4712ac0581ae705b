// The table of all keys: one row each. Loading, overrides, suggestions and the reference are made from it.
#pragma once

#include <string>
#include <vector>

#include "config/kinds.hpp"

namespace config {

// In a path NAME stands for a name that the operator chooses and [] for the items of a list: "trunks.NAME.peers[].uri".
struct Key {
    std::string path;
    Kind kind;
    std::string meaning;
    bool required = false;
    std::string fallback{};  // shown as the default, where the value of an empty configuration is not it
};

// Global sections stand before what starts from their values: the keys are read in this order.
std::vector<Key> make_keys();

// A scope in which each kind of item exists, with its defaults.
struct SampleScope {
    Config config;
    Trunk trunk;
    User user;
    Route route;
    TrunkPeer peer;
    NumberRule rule;
    Scope scope{&config, &trunk, &user, &route, &peer, &rule, &trunk};
};

}  // namespace config
