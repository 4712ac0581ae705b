// From every state all must end: by what the peers owe, and time, whatever they answer, the call becomes quiet. No
// state without such a way on, no way that goes round in circles.
#pragma once

#include <vector>

#include "tests/exploration/state_set.hpp"

namespace exploration {

// The ways from each state by what is owed; those of one state lie together, states in order.
class Ways {
public:
    std::size_t states() const { return begin_.size() - 1; }
    std::size_t begin(StateId from) const { return begin_[from]; }
    std::size_t end(StateId from) const { return begin_[from + 1]; }
    StateId to(std::size_t way) const { return to_[way]; }

    // Of the state that is next in order.
    void add(StateId to) {
        for (std::size_t i = begin_.back(); i < to_.size(); ++i) {
            if (to_[i] == to) { return; }
        }
        to_.push_back(to);
    }
    void close_state() { begin_.push_back(static_cast<std::uint32_t>(to_.size())); }

private:
    std::vector<std::uint32_t> begin_{0};
    std::vector<StateId> to_;
};

struct WaysOut {
    unsigned longest = 0;         // events from a state to quiet, at most
    StateId stuck = no_state;     // neither quiet nor with a way on
    std::vector<StateId> circle;  // states that lead to each other, the last to the first; the nearest such
};

// States past ways.states() have not been tried: they count as at rest.
WaysOut find_ways_out(const Ways& ways, const std::vector<bool>& at_rest);

}  // namespace exploration
