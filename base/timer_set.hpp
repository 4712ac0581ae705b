// Named deadlines of one state machine. A machine owns one TimerSet; whoever drives it sleeps until next().
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/time.hpp"

namespace base {

// `Name` is an enum class whose values run from 0 to Count - 1.
template <class Name, std::size_t Count>
class TimerSet {
public:
    TimerSet() { at_.fill(never); }

    void arm(Name name, Instant at) { at_[index(name)] = at; }
    void disarm(Name name) { at_[index(name)] = never; }
    void disarm_all() { at_.fill(never); }
    bool is_armed(Name name) const { return at_[index(name)] != never; }

    Instant next() const { return *std::min_element(at_.begin(), at_.end()); }

    // Disarms and returns the earliest timer that is due, if any.
    std::optional<Name> pop_due(Instant now) {
        const auto earliest = std::min_element(at_.begin(), at_.end());
        if (*earliest == never || *earliest > now) { return std::nullopt; }
        *earliest = never;
        return static_cast<Name>(earliest - at_.begin());
    }

private:
    static std::size_t index(Name name) { return static_cast<std::size_t>(name); }
    std::array<Instant, Count> at_;
};

}  // namespace base
