// Events of a session that nobody has taken yet, oldest first. Of each kind and side only the newest waits, so that
// there is room for all without a queue that grows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "media/engine.hpp"

namespace media {

class WaitingEvents {
public:
    struct Event {
        EngineEvent::Kind kind;
        Side side;
        Digit digit;
        base::Instant at;
    };

    void raise(const Event& event) noexcept {
        const auto same = [&](const Event& other) { return other.kind == event.kind && other.side == event.side; };
        const auto end = events_.begin() + static_cast<std::ptrdiff_t>(count_);
        count_ = static_cast<std::size_t>(std::remove_if(events_.begin(), end, same) - events_.begin());
        events_[count_++] = event;
    }
    std::optional<Event> take() noexcept {
        if (count_ == 0) { return std::nullopt; }
        const Event oldest = events_.front();
        std::move(events_.begin() + 1, events_.begin() + static_cast<std::ptrdiff_t>(count_), events_.begin());
        --count_;
        return oldest;
    }

private:
    // A time-out may be of any leg; the two of music, and digits, are of a and b.
    std::array<Event, side_count + 3 * 2> events_{};
    std::size_t count_ = 0;
};

}  // namespace media
