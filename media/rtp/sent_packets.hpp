// The last packets that a leg was sent, for a peer that misses some of them (NACK, RFC 4585 §6.2.1). Its room is
// allocated once. A packet is given out again as it was, not more often than a round trip takes; all in all not more
// than were sent, so that nobody gets more out of us by asking than by listening.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace media {

class SentPackets {
public:
    // A second of a picture of 2 Mbit/s. Older ones make room, whichever limit is reached first.
    static constexpr std::size_t max_packets = 256;
    static constexpr std::size_t max_bytes = 256 * 1024;
    // Between two repetitions of a packet; more where a round trip takes longer.
    static constexpr base::Duration shortest_interval = std::chrono::milliseconds{10};

    SentPackets() : bytes_(max_bytes) {}

    // One that was never kept before; longer than max_bytes: it is not.
    void keep(std::uint16_t sequence, std::span<const std::byte> packet) noexcept;

    // What was sent under `sequence`; empty: it is here, but must not be sent now. Nullopt: it is not here.
    std::optional<std::span<const std::byte>> repeat(base::Instant now, std::uint16_t sequence,
                                                     std::optional<base::Duration> round_trip) noexcept;

private:
    struct Entry {
        std::uint64_t index = 0;     // the sequence number as if it never wrapped; 0: nothing is here
        std::uint64_t position = 0;  // as `end_`
        std::size_t size = 0;
        base::Instant repeated_at = base::Instant::min();
    };
    Entry& entry_of(std::uint64_t index) noexcept { return entries_[index % max_packets]; }
    // The index that is nearest to the highest one.
    std::uint64_t index_of(std::uint16_t sequence) const noexcept;
    bool is_here(const Entry& entry, std::uint64_t index) const noexcept;

    std::vector<std::byte> bytes_;  // a ring; no packet goes over its end
    std::uint64_t end_ = 0;         // of what was ever kept, as if the ring had no end
    std::uint64_t highest_ = 0;     // index
    std::array<Entry, max_packets> entries_{};
    std::size_t credit_ = 0;  // packets that may be repeated
};

}  // namespace media
