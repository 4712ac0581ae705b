#include "media/io/port_range.hpp"

#include <algorithm>

namespace media {

namespace {

// Even ports of the slice whose odd neighbour is in it, too.
std::size_t pairs_in(PortSlice ports) {
    const unsigned first = ports.first + (ports.first & 1U);
    const unsigned end = ports.last + 1U;
    return end > first ? (end - first) / 2 : 0;
}

}  // namespace

PortSlice slice_for_shard(PortSlice whole, unsigned index, unsigned count) {
    const std::size_t pairs = pairs_in(whole);
    const std::size_t begin = pairs * index / count;
    const std::size_t end = pairs * (index + 1) / count;
    const std::size_t base = whole.first + (whole.first & 1U);
    if (begin == end) { return PortSlice{1, 0}; }
    return PortSlice{static_cast<std::uint16_t>(base + 2 * begin), static_cast<std::uint16_t>(base + 2 * end - 1)};
}

PortRange::PortRange(PortSlice ports, base::Duration quarantine) : pairs_{pairs_in(ports)}, quarantine_{quarantine} {
    const unsigned first = ports.first + (ports.first & 1U);
    for (std::size_t i = 0; i < pairs_; ++i) {
        idle_.push_back(Pair{static_cast<std::uint16_t>(first + 2 * i), base::Instant::min()});
    }
}

std::optional<std::uint16_t> PortRange::take(base::Instant now) {
    if (idle_.empty()) { return std::nullopt; }
    const Pair pair = idle_.front();
    idle_.pop_front();
    if (now < pair.rested_at) { ++taken_in_quarantine_; }
    return pair.port;
}

void PortRange::release(base::Instant now, std::uint16_t port) { idle_.push_back(Pair{port, now + quarantine_}); }

std::size_t PortRange::resting_pairs(base::Instant now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(idle_, [now](const Pair& pair) { return now < pair.rested_at; }));
}

void PortRange::put_back(std::uint16_t port) { idle_.push_front(Pair{port, base::Instant::min()}); }

void PortRange::bind_failed(base::Instant now, std::uint16_t port) {
    ++bind_failures_;
    idle_.push_back(Pair{port, now});
}

}  // namespace media
