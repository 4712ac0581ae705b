// Pairs of an even RTP port and the odd RTCP port above it (RFC 3550 §11), handed out longest-idle first.
// A freed pair goes to the end of the line, so it rests as long as the range allows; nobody is refused for its rest.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.hpp"

namespace media {

struct PortSlice {
    std::uint16_t first = 0;
    std::uint16_t last = 0;  // inclusive
    friend bool operator==(const PortSlice&, const PortSlice&) = default;
};

// The part of `whole` that belongs to shard `index` of `count`: whole pairs, none shared, none left over.
PortSlice slice_for_shard(PortSlice whole, unsigned index, unsigned count);

class PortRange {
public:
    PortRange(PortSlice ports, base::Duration quarantine);

    // The even port of a pair; nullopt: all are taken.
    std::optional<std::uint16_t> take(base::Instant now);
    void release(base::Instant now, std::uint16_t port);
    // Taken and not used: as if it had never been taken.
    void put_back(std::uint16_t port);
    // Somebody else sits on it: it is tried again when all others have been.
    void bind_failed(base::Instant now, std::uint16_t port);

    std::size_t pairs() const { return pairs_; }
    std::size_t free_pairs() const { return idle_.size(); }
    std::size_t resting_pairs(base::Instant now) const;  // of the free ones
    std::uint64_t taken_in_quarantine() const { return taken_in_quarantine_; }
    std::uint64_t bind_failures() const { return bind_failures_; }

private:
    struct Pair {
        std::uint16_t port;
        base::Instant rested_at;
    };
    std::deque<Pair> idle_;
    std::size_t pairs_;
    base::Duration quarantine_;
    std::uint64_t taken_in_quarantine_ = 0;
    std::uint64_t bind_failures_ = 0;
};

}  // namespace media
