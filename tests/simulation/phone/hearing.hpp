// What a phone heard, packet by packet: questions that tests ask of it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/world/event_queue.hpp"
#include "tests/simulation/world/tone.hpp"

namespace simulation {

class Hearing {
public:
    struct Frame {
        Instant at;
        Sound sound;
        bool is_current;  // as the description says that was last
    };

    void on_packet(Instant at, Sound sound, std::uint32_t ssrc, bool is_current = true) {
        frames_.push_back({at, sound, is_current});
        ssrcs_.insert(ssrc);
    }

    const std::vector<Frame>& frames() const { return frames_; }
    std::size_t source_count() const { return ssrcs_.size(); }
    // Packets of this sound that came in [from, to).
    std::size_t count(const Sound& sound, Instant from, Instant to) const;
    std::size_t count_all(Instant from, Instant to) const;
    std::size_t count_outdated(Instant from, Instant to) const;
    // The first packet of this sound at or after `from`.
    std::optional<Instant> first(const Sound& sound, Instant from) const;
    // The longest time without a packet within [from, to).
    Duration longest_gap(Instant from, Instant to) const;
    // "0.5–3.2 s tone 1250, 3.2–8 s music", relative to `zero`.
    std::string story(Instant zero) const;

private:
    std::vector<Frame> frames_;
    std::set<std::uint32_t> ssrcs_;
};

}  // namespace simulation
