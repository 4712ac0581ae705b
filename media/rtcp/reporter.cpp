#include "media/rtcp/reporter.hpp"

#include <algorithm>

#include "media/rtcp/ntp.hpp"

namespace media {

namespace {

// An answer to "when did you get my SR" that claims more than this is nonsense, or very late.
constexpr base::Duration max_round_trip = std::chrono::seconds{60};

}  // namespace

Reporter::Reporter(base::Instant now, base::Random& random) : random_{&random}, epoch_{now - head_start} {
    // RFC 7022: a short-term CNAME says nothing about who or where we are.
    const std::string name = random.token(cname_size);
    std::copy(name.begin(), name.end(), cname_.begin());
}

void Reporter::start(base::Instant now) noexcept {
    if (due_ == base::never) { due_ = now + randomised(minimum_interval / 2); }
}

std::span<const std::byte> Reporter::report(base::Instant now, std::uint32_t ssrc, const SenderInfo& sent,
                                            ReceiveStats& received, bool bye, ReportBuffer& out) noexcept {
    Report report;
    report.ssrc = ssrc;
    report.cname = cname_;
    report.bye = bye;
    if (sent.packets != reported_packets_) {
        report.sender = sent;
        report.sender->ntp = ntp_at(now);
        reported_packets_ = sent.packets;
    }
    if (received.any()) {
        report.block = ReportBlock{received.take_report(), peer_sr_, 0};
        if (peer_sr_ != 0) { report.block->delay_since_sr = to_short_ntp(now - peer_sr_at_); }
    }
    due_ = bye ? base::never : now + randomised(minimum_interval);
    return write_report(report, out);
}

void Reporter::on_rtcp(base::Instant now, const RtcpView& view, std::uint32_t our_ssrc) noexcept {
    if (const auto sender = view.sender_info()) {
        peer_sr_ = ntp_middle(sender->ntp);
        peer_sr_at_ = now;
    }
    const auto block = view.block_about(our_ssrc);
    if (!block || block->last_sr == 0) { return; }
    // RFC 3550 §6.4.1: A - LSR - DLSR, in 1/65536 s and modulo 2^32.
    const std::uint32_t units = ntp_middle(ntp_at(now)) - block->last_sr - block->delay_since_sr;
    const base::Duration trip = std::chrono::nanoseconds{static_cast<std::int64_t>(units) * 1'000'000'000 / 65536};
    if (trip <= max_round_trip) { round_trip_ = trip; }
}

// Uniform between half and one and a half of `interval` (§6.2), so that legs do not report in step.
base::Duration Reporter::randomised(base::Duration interval) noexcept {
    const auto spread = static_cast<std::uint64_t>(interval.count());
    return interval / 2 + base::Duration{static_cast<base::Duration::rep>(random_->below(spread))};
}

std::uint64_t Reporter::ntp_at(base::Instant now) const noexcept { return to_ntp(now - epoch_); }

}  // namespace media
