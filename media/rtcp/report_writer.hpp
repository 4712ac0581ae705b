// Our own RTCP compound (RFC 3550 §6.1): SR or RR, SDES with a CNAME, and BYE at the end.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "media/rtcp/appender.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media {

struct Report {
    std::uint32_t ssrc = 0;
    std::optional<SenderInfo> sender;  // an SR instead of an RR
    std::optional<ReportBlock> block;
    Cname cname{};
    bool bye = false;
};

// SR 28, block 24, SDES, BYE 8.
inline constexpr std::size_t max_report_size = 28 + report_block_size + description_size + 8;
using ReportBuffer = std::array<std::byte, max_report_size>;

// The part of `out` that was written.
std::span<const std::byte> write_report(const Report& report, ReportBuffer& out) noexcept;

}  // namespace media
