#include "media/rtp/rewriter.hpp"

#include "media/rtp/sequence.hpp"

namespace media {

std::optional<RtpHeader> Rewriter::place(base::Instant now, SourceKey source, const RtpHeader& in,
                                         std::uint32_t samples) noexcept {
    const bool switched = !continues(source, in.sequence);
    if (switched) { switch_to(now, source, in); }
    if (sequence_distance(floor_, in.sequence) < 0) { return std::nullopt; }
    const bool is_newest = switched || sequence_distance(highest_, in.sequence) > 0;
    if (is_newest) { advance(in.sequence); }
    if (!mark(in.sequence)) { return std::nullopt; }

    RtpHeader out = in;
    out.ssrc = ssrc_;
    out.marker = in.marker || switched;
    out.sequence = static_cast<std::uint16_t>(in.sequence + sequence_offset_);
    out.timestamp = in.timestamp + timestamp_offset_;
    if (is_newest) {
        next_sequence_ = static_cast<std::uint16_t>(out.sequence + 1);
        run_clock(now, out.timestamp, samples, switched);
    }
    return out;
}

void Rewriter::skip(SourceKey source, std::uint16_t sequence) noexcept {
    if (!active_ || source != source_) { return; }
    const std::int32_t ahead = sequence_distance(highest_, sequence);
    if (ahead <= 0 || ahead > max_dropout) { return; }
    advance(sequence);
    floor_ = static_cast<std::uint16_t>(sequence + 1);
    sequence_offset_ = static_cast<std::uint16_t>(next_sequence_ - floor_);
}

// Behind the floor the numbers were moved by another offset.
std::optional<std::uint16_t> Rewriter::original(std::uint16_t sequence) const noexcept {
    if (!active_) { return std::nullopt; }
    const auto in = static_cast<std::uint16_t>(sequence - sequence_offset_);
    const bool is_known = sequence_distance(floor_, in) >= 0 && sequence_distance(in, highest_) >= 0;
    return is_known ? std::optional{in} : std::nullopt;
}

std::uint32_t Rewriter::timestamp_at(base::Instant now) const noexcept {
    return started_ ? last_timestamp_ + samples_in(now - last_at_, clock_hz_) : end_timestamp_;
}

bool Rewriter::continues(SourceKey source, std::uint16_t sequence) const noexcept {
    if (!active_ || source != source_) { return false; }
    const std::int32_t ahead = sequence_distance(highest_, sequence);
    return ahead <= max_dropout && ahead >= -max_misorder;
}

// A telephone event repeats its timestamp (RFC 4733 §2.5.1.2): only one that moves on tells the time.
void Rewriter::run_clock(base::Instant now, std::uint32_t timestamp, std::uint32_t samples, bool switched) noexcept {
    if (switched || timestamp_distance(last_timestamp_, timestamp) > 0) {
        last_timestamp_ = timestamp;
        last_at_ = now;
    }
    const std::uint32_t end = timestamp + samples;
    if (switched || timestamp_distance(end_timestamp_, end) > 0) { end_timestamp_ = end; }
}

// The floor is of interest only as far back as reordering reaches; left behind it would wrap and come back as a
// ceiling.
void Rewriter::advance(std::uint16_t sequence) noexcept {
    placed_ <<= static_cast<std::size_t>(sequence_distance(highest_, sequence));
    highest_ = sequence;
    if (sequence_distance(floor_, sequence) <= max_misorder) { return; }
    floor_ = static_cast<std::uint16_t>(sequence - max_misorder);
}

// False: a packet has this number already.
bool Rewriter::mark(std::uint16_t sequence) noexcept {
    const auto behind = static_cast<std::size_t>(sequence_distance(sequence, highest_));
    if (placed_[behind]) { return false; }
    placed_[behind] = true;
    return true;
}

void Rewriter::switch_to(base::Instant now, SourceKey source, const RtpHeader& in) noexcept {
    // By the time that passed, but never into what the last packet already filled.
    std::uint32_t timestamp = timestamp_at(now);
    if (timestamp_distance(end_timestamp_, timestamp) < 0) { timestamp = end_timestamp_; }
    active_ = true;
    started_ = true;
    source_ = source;
    floor_ = in.sequence;
    highest_ = in.sequence;
    placed_.reset();
    sequence_offset_ = static_cast<std::uint16_t>(next_sequence_ - in.sequence);
    timestamp_offset_ = timestamp - in.timestamp;
}

}  // namespace media
