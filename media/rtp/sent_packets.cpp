#include "media/rtp/sent_packets.hpp"

#include <algorithm>

#include "media/rtp/sequence.hpp"

namespace media {

void SentPackets::keep(std::uint16_t sequence, std::span<const std::byte> packet) noexcept {
    constexpr std::uint64_t one_turn = 0x10000;  // so that what is behind the first one has an index, too
    if (packet.size() > max_bytes) { return; }
    const std::uint64_t index = highest_ == 0 ? one_turn + sequence : index_of(sequence);
    highest_ = std::max(highest_, index);
    const std::size_t to_the_end = max_bytes - end_ % max_bytes;
    if (packet.size() > to_the_end) { end_ += to_the_end; }
    entry_of(index) = Entry{index, end_, packet.size()};
    std::ranges::copy(packet, bytes_.begin() + static_cast<std::ptrdiff_t>(end_ % max_bytes));
    end_ += packet.size();
    credit_ = std::min(credit_ + 1, max_packets);
}

std::optional<std::span<const std::byte>> SentPackets::repeat(base::Instant now, std::uint16_t sequence,
                                                              std::optional<base::Duration> round_trip) noexcept {
    const std::uint64_t index = index_of(sequence);
    Entry& entry = entry_of(index);
    if (!is_here(entry, index)) { return std::nullopt; }
    const base::Duration interval = std::max(shortest_interval, round_trip.value_or(base::Duration::zero()));
    if (now < entry.repeated_at + interval || credit_ == 0) { return std::span<const std::byte>{}; }
    --credit_;
    entry.repeated_at = now;
    return std::span<const std::byte>{bytes_}.subspan(entry.position % max_bytes, entry.size);
}

std::uint64_t SentPackets::index_of(std::uint16_t sequence) const noexcept {
    const std::int32_t distance = sequence_distance(static_cast<std::uint16_t>(highest_), sequence);
    return highest_ + static_cast<std::uint64_t>(std::int64_t{distance});
}

bool SentPackets::is_here(const Entry& entry, std::uint64_t index) const noexcept {
    return entry.index != 0 && entry.index == index && end_ - entry.position <= max_bytes;
}

}  // namespace media
