// RTCP of one leg: when our next report is due (RFC 3550 §6.2, two members, so the 5 s minimum rules), what it says,
// and what the peer's reports tell us. The peer's reports end here.
#pragma once

#include <optional>
#include <span>

#include "base/random.hpp"
#include "base/time.hpp"
#include "media/rtcp/report_writer.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media {

class Reporter {
public:
    static constexpr base::Duration minimum_interval = std::chrono::seconds{5};

    Reporter(base::Instant now, base::Random& random);

    // The first report comes after about half an interval (§6.2). Nothing is due before this call.
    void start(base::Instant now) noexcept;
    void stop() noexcept { due_ = base::never; }
    base::Instant due() const noexcept { return due_; }

    // The next report, or with `bye` the last. `sent`: our counters and clock; an SR is sent if they moved.
    std::span<const std::byte> report(base::Instant now, std::uint32_t ssrc, const SenderInfo& sent,
                                      ReceiveStats& received, bool bye, ReportBuffer& out) noexcept;

    void on_rtcp(base::Instant now, const RtcpView& view, std::uint32_t our_ssrc) noexcept;
    const Cname& cname() const noexcept { return cname_; }
    base::Instant began() const noexcept { return epoch_ + head_start; }
    std::optional<base::Duration> round_trip() const noexcept { return round_trip_; }

private:
    // No report of ours bears the time 0, which means "none" in LSR.
    static constexpr base::Duration head_start = std::chrono::hours{1};

    base::Duration randomised(base::Duration interval) noexcept;
    std::uint64_t ntp_at(base::Instant now) const noexcept;

    base::Random* random_;
    base::Instant epoch_;  // of our NTP time
    base::Instant due_ = base::never;
    Cname cname_{};
    std::uint32_t reported_packets_ = 0;
    std::uint32_t peer_sr_ = 0;  // middle of the NTP time of the peer's last SR, which came at peer_sr_at_
    base::Instant peer_sr_at_{};
    std::optional<base::Duration> round_trip_;
};

}  // namespace media
