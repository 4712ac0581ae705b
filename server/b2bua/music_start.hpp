// How long a leg waits for music that a request of the other peer has it hear at once: from the request to the first
// packet. The media plane tells of that packet later than it left, perhaps when the hold is over already.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "base/time.hpp"

namespace server {

class MusicStart {
public:
    // A request asks for music; the first of several counts.
    void ask(base::Instant now) {
        if (asked_ && until_ == base::never) { return; }
        asked_ = now;
        until_ = base::never;
    }
    // What it asked for is settled. Not `at_once`: refused or resumed, or music only while somebody is silent; whatever
    // begins from here on is no answer to it.
    void settle(base::Instant now, bool at_once) {
        if (!at_once) { until_ = std::min(until_, now); }
    }
    // `alone`: no more than music is heard now. Nullopt: nobody waited for it.
    std::optional<base::Duration> on_started(base::Instant at, bool alone) {
        if (!asked_ || at < *asked_) { return std::nullopt; }
        const base::Instant asked = *std::exchange(asked_, std::nullopt);
        const bool counts = at <= until_ && (alone || until_ != base::never);
        return counts ? std::optional{at - asked} : std::nullopt;
    }

private:
    std::optional<base::Instant> asked_;
    base::Instant until_ = base::never;
};

}  // namespace server
