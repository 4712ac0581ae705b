// Every state found so far, numbered in the order in which they were found. Open addressing: a state costs 24 to 32
// bytes, for there are millions.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tests/exploration/packer.hpp"

namespace exploration {

using StateId = std::uint32_t;
inline constexpr StateId no_state = 0xffffffff;

class StateSet {
public:
    StateSet() : slots_(1024, no_state) {}

    std::size_t size() const { return keys_.size(); }
    // Its number, and whether it is new.
    std::pair<StateId, bool> insert(const Key& key) {
        if (keys_.size() * 3 > slots_.size() * 2) { grow(); }
        StateId& slot = slot_of(key);
        if (slot != no_state) { return {slot, false}; }
        slot = static_cast<StateId>(keys_.size());
        keys_.push_back(key);
        return {slot, true};
    }
    StateId find(const Key& key) { return slot_of(key); }

private:
    StateId& slot_of(const Key& key) {
        std::size_t at = hash(key) & (slots_.size() - 1);
        while (slots_[at] != no_state && keys_[slots_[at]] != key) { at = (at + 1) & (slots_.size() - 1); }
        return slots_[at];
    }
    void grow() {
        slots_.assign(slots_.size() * 2, no_state);
        for (StateId id = 0; id < keys_.size(); ++id) { slot_of(keys_[id]) = id; }
    }

    std::vector<Key> keys_;
    std::vector<StateId> slots_;  // a power of two, at most two thirds full
};

}  // namespace exploration
