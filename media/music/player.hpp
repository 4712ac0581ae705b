// A place in a tune and a clock without drift: frame n is due at start + n · 20 ms, however late the others left.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "media/music/encoded_cache.hpp"

namespace media {

class Player {
public:
    // Frames are late by this many at most; a player that is woken later leaves the missed ones out.
    static constexpr std::uint64_t max_late_frames = 1;

    struct Frame {
        std::uint64_t number;  // since the start, left-out ones counted
        std::uint64_t place;   // in the tune
        bool after_gap;        // frames before it were left out
    };

    // The first frame is due at once. Goes on at `place` of the tune.
    void start(base::Instant now, std::uint64_t place) noexcept;
    void stop() noexcept { playing_ = false; }
    bool playing() const noexcept { return playing_; }
    std::uint64_t place() const noexcept { return first_place_ + next_; }

    base::Instant due() const noexcept;
    // Call until nothing is due.
    std::optional<Frame> take_due(base::Instant now) noexcept;

private:
    bool playing_ = false;
    base::Instant start_{};
    std::uint64_t first_place_ = 0;
    std::uint64_t next_ = 0;
};

}  // namespace media
