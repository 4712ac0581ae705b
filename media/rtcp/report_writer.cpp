#include "media/rtcp/report_writer.hpp"

#include "base/bytes.hpp"

namespace media {

namespace {

// Appends to a buffer that is known to be large enough.
class Appender {
public:
    explicit Appender(std::span<std::byte> out) : out_{out} {}
    void u8(std::uint8_t value) { out_[at_++] = std::byte{value}; }
    void u32(std::uint32_t value) {
        base::write_u32(out_, at_, value);
        at_ += 4;
    }
    // Starts a packet; its length is written by end().
    void begin(RtcpType type, std::uint8_t count) {
        start_ = at_;
        u8(static_cast<std::uint8_t>(0x80U | count));
        u8(static_cast<std::uint8_t>(type));
        at_ += 2;
    }
    // Pads with zeros to a multiple of 4.
    void end() {
        while ((at_ - start_) % 4 != 0) { u8(0); }
        base::write_u16(out_, start_ + 2, static_cast<std::uint16_t>((at_ - start_) / 4 - 1));
    }
    std::size_t size() const { return at_; }

private:
    std::span<std::byte> out_;
    std::size_t at_ = 0;
    std::size_t start_ = 0;
};

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

// RFC 3550 §6.5: one chunk with one CNAME item, ended by at least one zero octet.
void append_description(Appender& out, const Report& report) {
    constexpr std::uint8_t cname_item = 1;
    out.begin(RtcpType::description, 1);
    out.u32(report.ssrc);
    out.u8(cname_item);
    out.u8(static_cast<std::uint8_t>(cname_size));
    for (const char character : report.cname) { out.u8(static_cast<std::uint8_t>(character)); }
    out.u8(0);
    out.end();
}

}  // namespace

std::span<const std::byte> write_report(const Report& report, ReportBuffer& buffer) noexcept {
    Appender out{buffer};
    out.begin(report.sender ? RtcpType::sender_report : RtcpType::receiver_report, report.block ? 1 : 0);
    out.u32(report.ssrc);
    if (report.sender) { append_sender(out, *report.sender); }
    if (report.block) { append_block(out, *report.block); }
    out.end();
    append_description(out, report);
    if (report.bye) {
        out.begin(RtcpType::bye, 1);
        out.u32(report.ssrc);
        out.end();
    }
    return std::span{buffer}.first(out.size());
}

}  // namespace media
