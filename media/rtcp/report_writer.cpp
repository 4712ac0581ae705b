#include "media/rtcp/report_writer.hpp"

#include "media/rtcp/appender.hpp"

namespace media {

namespace {

void append_sender(Appender& out, const SenderInfo& sender) {
    out.u32(static_cast<std::uint32_t>(sender.ntp >> 32));
    out.u32(static_cast<std::uint32_t>(sender.ntp));
    out.u32(sender.timestamp);
    out.u32(sender.packets);
    out.u32(sender.octets);
}

void append_block(Appender& out, const ReportBlock& block) {
    const ReceptionReport& reception = block.reception;
    out.u32(reception.ssrc);
    out.u32(std::uint32_t{reception.fraction_lost} << 24 |
            (static_cast<std::uint32_t>(reception.cumulative_lost) & 0xffffffU));
    out.u32(reception.highest_sequence);
    out.u32(reception.jitter);
    out.u32(block.last_sr);
    out.u32(block.delay_since_sr);
}

}  // namespace

std::span<const std::byte> write_report(const Report& report, ReportBuffer& buffer) noexcept {
    Appender out{buffer};
    out.begin(report.sender ? RtcpType::sender_report : RtcpType::receiver_report, report.block ? 1 : 0);
    out.u32(report.ssrc);
    if (report.sender) { append_sender(out, *report.sender); }
    if (report.block) { append_block(out, *report.block); }
    out.end();
    out.description(report.ssrc, report.cname);
    if (report.bye) {
        out.begin(RtcpType::bye, 1);
        out.u32(report.ssrc);
        out.end();
    }
    return std::span{buffer}.first(out.size());
}

}  // namespace media
