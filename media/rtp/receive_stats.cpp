#include "media/rtp/receive_stats.hpp"

#include <algorithm>
#include <cstdlib>

#include "media/rtp/rewriter.hpp"
#include "media/rtp/sequence.hpp"

namespace media {

namespace {

constexpr std::uint32_t no_bad_sequence = 0x10000;
// A transit time that moves further at once is a new clock, not jitter.
constexpr std::int64_t clock_jump_s = 1;

}  // namespace

void ReceiveStats::on_rtp(base::Instant now, const RtpHeader& header, bool regular) noexcept {
    if (!any_ || header.ssrc != ssrc_) { restart(header); }
    if (!update_sequence(header.sequence)) { return; }
    ++received_;
    if (regular) { update_jitter(now, header.timestamp); }
}

std::uint64_t ReceiveStats::lost() const noexcept {
    if (!any_) { return 0; }
    return lost_before_ + static_cast<std::uint64_t>(std::max<std::int64_t>(0, lost_now()));
}

double ReceiveStats::jitter_ms() const noexcept {
    const double samples_per_ms = clock_hz_ / 1000.0;
    return jitter_x16_ / 16.0 / samples_per_ms;
}

// RFC 3550 A.3.
ReceptionReport ReceiveStats::take_report() noexcept {
    constexpr std::int64_t most = 0x7fffff;
    constexpr std::int64_t least = -0x800000;
    const std::int64_t expected_interval = expected() - expected_prior_;
    const std::int64_t lost_interval = expected_interval - (received_ - received_prior_);
    expected_prior_ = expected();
    received_prior_ = received_;
    ReceptionReport report;
    report.ssrc = ssrc_;
    if (expected_interval > 0 && lost_interval > 0) {
        report.fraction_lost =
            static_cast<std::uint8_t>(std::min<std::int64_t>(255, lost_interval * 256 / expected_interval));
    }
    report.cumulative_lost = static_cast<std::int32_t>(std::clamp(lost_now(), least, most));
    report.highest_sequence = highest();
    report.jitter = jitter_x16_ >> 4;
    return report;
}

void ReceiveStats::restart(const RtpHeader& header) noexcept {
    lost_before_ = lost();
    any_ = true;
    has_transit_ = false;
    ssrc_ = header.ssrc;
    base_sequence_ = header.sequence;
    highest_sequence_ = header.sequence;
    cycles_ = 0;
    bad_sequence_ = no_bad_sequence;
    received_ = 0;
    expected_prior_ = 0;
    received_prior_ = 0;
    jitter_x16_ = 0;
}

// RFC 3550 A.1; false: the packet jumped and is not counted until a second one follows it.
bool ReceiveStats::update_sequence(std::uint16_t sequence) noexcept {
    const std::int32_t ahead = static_cast<std::uint16_t>(sequence - highest_sequence_);
    if (ahead < Rewriter::max_dropout) {
        if (sequence < highest_sequence_) { cycles_ += 0x10000; }
        highest_sequence_ = sequence;
        return true;
    }
    if (ahead > 0x10000 - Rewriter::max_misorder) { return true; }  // late or twice
    if (sequence != bad_sequence_) {
        bad_sequence_ = (sequence + 1U) & 0xffffU;
        return false;
    }
    RtpHeader restarted;
    restarted.ssrc = ssrc_;
    restarted.sequence = sequence;
    restart(restarted);
    return true;
}

// RFC 3550 A.8, in samples.
void ReceiveStats::update_jitter(base::Instant now, std::uint32_t timestamp) noexcept {
    const std::uint32_t transit = samples_in(now.time_since_epoch(), clock_hz_) - timestamp;
    const std::int64_t moved = std::abs(timestamp_distance(transit_, transit));
    const bool comparable = has_transit_ && moved < clock_jump_s * clock_hz_;
    transit_ = transit;
    has_transit_ = true;
    if (comparable) { jitter_x16_ += static_cast<std::uint32_t>(moved) - ((jitter_x16_ + 8) >> 4); }
}

}  // namespace media
