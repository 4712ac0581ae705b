// Whose turn it is to be looked at, each once a period: the keys are spread over turns of equal length, so that
// thousands of them never come together and hold up what else is due. Turns without keys are skipped.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace server {

// `Key`: a StrongId whose values are given out one after the other.
template <class Key>
class SamplingWheel {
public:
    static constexpr base::Duration period = std::chrono::seconds{1};
    static constexpr std::int64_t turns = 50;
    static constexpr base::Duration turn = period / turns;

    void add(base::Instant now, Key key) {
        if (size_++ == 0) { next_turn_ = turn_at(now) + 1; }
        place_of(key).push_back(key);
        find_next();
    }
    void remove(Key key) {
        auto& place = place_of(key);
        const auto found = std::find(place.begin(), place.end(), key);
        if (found == place.end()) { return; }
        *found = place.back();
        place.pop_back();
        --size_;
        find_next();
    }
    std::size_t size() const { return size_; }
    base::Instant next() const { return next_; }

    // Of one turn that is due; empty: none is. Until the wheel changes. What was missed altogether is not made up for.
    const std::vector<Key>& take_due(base::Instant now) {
        static const std::vector<Key> none;
        if (now < next_) { return none; }
        const auto& due = places_[static_cast<std::size_t>(due_turn_ % turns)];
        next_turn_ = std::max(due_turn_ + 1, turn_at(now) - turns + 1);
        find_next();
        return due;
    }

private:
    static std::int64_t turn_at(base::Instant at) { return at.time_since_epoch() / turn; }
    std::vector<Key>& place_of(Key key) { return places_[static_cast<std::size_t>(key.value % turns)]; }

    void find_next() {
        next_ = base::never;
        for (std::int64_t i = 0; i < turns && size_ != 0; ++i) {
            if (places_[static_cast<std::size_t>((next_turn_ + i) % turns)].empty()) { continue; }
            due_turn_ = next_turn_ + i;
            next_ = base::Instant{due_turn_ * turn};
            return;
        }
    }

    std::array<std::vector<Key>, turns> places_;
    std::size_t size_ = 0;
    std::int64_t next_turn_ = 0;  // not taken yet
    std::int64_t due_turn_ = 0;   // the first from there with keys
    base::Instant next_ = base::never;
};

}  // namespace server
