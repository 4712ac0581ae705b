// Our own RTCP compound (RFC 3550 §6.1): SR or RR, SDES with a CNAME, and BYE at the end.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "media/rtcp/rtcp_view.hpp"

namespace media {

inline constexpr std::size_t cname_size = 16;
using Cname = std::array<char, cname_size>;

struct Report {
    std::uint32_t ssrc = 0;
    std::optional<SenderInfo> sender;  // an SR instead of an RR
    std::optional<ReportBlock> block;
    Cname cname{};
    bool bye = false;
};

// SR 28, block 24, SDES 8 + CNAME item and its end padded to 4, BYE 8.
inline constexpr std::size_t max_report_size = 28 + report_block_size + 8 + (cname_size + 2) / 4 * 4 + 4 + 8;
using ReportBuffer = std::array<std::byte, max_report_size>;

// The part of `out` that was written.
std::span<const std::byte> write_report(const Report& report, ReportBuffer& out) noexcept;

}  // namespace media
