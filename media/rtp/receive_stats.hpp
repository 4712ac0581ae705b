// What a leg's peer sends, counted as RFC 3550 says: sequence validity A.1, loss A.3, jitter A.8.
// Without A.1's probation: a packet gets here only from a known address with an agreed payload number.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "media/rtp/rtp_view.hpp"

namespace media {

// The part of a report block that is about reception (RFC 3550 §6.4.1).
struct ReceptionReport {
    std::uint32_t ssrc = 0;
    std::uint8_t fraction_lost = 0;    // of 256, since the last report
    std::int32_t cumulative_lost = 0;  // 24 bits, signed
    std::uint32_t highest_sequence = 0;
    std::uint32_t jitter = 0;  // timestamp units
};

class ReceiveStats {
public:
    // `regular`: its timestamp tells when it was sampled. Telephone events repeat theirs and stay out of the jitter.
    void on_rtp(base::Instant now, const RtpHeader& header, bool regular) noexcept;

    // The clock of the timestamps: 8 kHz unless said otherwise.
    void set_clock(std::uint32_t clock_hz) noexcept { clock_hz_ = clock_hz; }

    bool any() const { return any_; }
    std::uint32_t ssrc() const { return ssrc_; }  // heard last; meaningless before any()
    std::uint64_t lost() const noexcept;          // of all SSRCs heard; never negative
    double jitter_ms() const noexcept;
    // Ends the interval that fraction_lost is about.
    ReceptionReport take_report() noexcept;

private:
    void restart(const RtpHeader& header) noexcept;
    bool update_sequence(std::uint16_t sequence) noexcept;
    void update_jitter(base::Instant now, std::uint32_t timestamp) noexcept;
    std::uint32_t highest() const noexcept { return cycles_ + highest_sequence_; }
    std::int64_t expected() const noexcept { return std::int64_t{highest()} - base_sequence_ + 1; }
    std::int64_t lost_now() const noexcept { return expected() - received_; }

    std::uint32_t clock_hz_ = 8000;
    bool any_ = false;
    bool has_transit_ = false;
    std::uint16_t base_sequence_ = 0;
    std::uint16_t highest_sequence_ = 0;
    std::uint32_t cycles_ = 0;        // 65536 for each wrap
    std::uint32_t bad_sequence_ = 0;  // what would follow the last packet that jumped
    std::uint32_t ssrc_ = 0;
    std::int64_t received_ = 0;
    std::int64_t expected_prior_ = 0;
    std::int64_t received_prior_ = 0;
    std::uint64_t lost_before_ = 0;  // by SSRCs of the past
    std::uint32_t transit_ = 0;
    std::uint32_t jitter_x16_ = 0;
};

}  // namespace media
