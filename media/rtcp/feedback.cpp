#include "media/rtcp/feedback.hpp"

#include "base/bytes.hpp"

namespace media {
namespace {

// In the place of the count: the kind of feedback (RFC 4585 §6.1).
constexpr std::uint8_t nack_format = 1;
constexpr std::uint8_t picture_loss_format = 1;
constexpr std::uint8_t full_intra_format = 4;
constexpr std::uint8_t application_format = 15;

constexpr std::size_t entries_offset = 8;  // in the body: behind the SSRCs of the one that asks and the one asked
constexpr std::size_t nack_size = 4;
constexpr std::size_t full_intra_size = 8;
constexpr std::uint32_t remb_name = 0x52454d42;
constexpr std::size_t remb_size = 8;  // of its entries, before the SSRCs
constexpr std::uint32_t estimate_bits = 0xffffffU;

bool is(const RtcpPacket& packet, RtcpType type, std::uint8_t format) {
    return packet.type == static_cast<std::uint8_t>(type) && packet.count == format &&
           packet.body.size() >= entries_offset;
}

void read_nacks(std::span<const std::byte> entries, Feedback& out) {
    for (; entries.size() >= nack_size && out.nacks.size() < Feedback::max_nacks;
         entries = entries.subspan(nack_size)) {
        out.nacks.push_back({base::read_u16(entries, 0), base::read_u16(entries, 2)});
    }
}

// Each entry names whom it asks: the packet is for several senders (RFC 5104 §4.3.1.1).
void read_full_intra(std::span<const std::byte> entries, std::uint32_t ssrc, Feedback& out) {
    for (; entries.size() >= full_intra_size; entries = entries.subspan(full_intra_size)) {
        if (base::read_u32(entries, 0) == ssrc) { out.full_intra = std::to_integer<std::uint8_t>(entries[4]); }
    }
}

// It names whom it is about. One that promises more of them than there are is none.
void read_estimate(std::span<const std::byte> entries, std::uint32_t ssrc, Feedback& out) {
    if (entries.size() < remb_size || base::read_u32(entries, 0) != remb_name) { return; }
    const std::size_t count = std::to_integer<std::size_t>(entries[4]);
    if (entries.size() < remb_size + 4 * count) { return; }
    for (std::size_t i = 0; i < count; ++i) {
        if (base::read_u32(entries, remb_size + 4 * i) != ssrc) { continue; }
        out.estimate = base::read_u32(entries, 4) & estimate_bits;
    }
}

void begin(Appender& out, RtcpType type, std::uint8_t format, std::uint32_t ssrc, std::uint32_t sender) {
    out.begin(type, format);
    out.u32(ssrc);
    out.u32(sender);
}

}  // namespace

Feedback read_feedback(const RtcpView& view, std::uint32_t ssrc) noexcept {
    Feedback feedback;
    view.for_each([&](const RtcpPacket& packet) {
        if (is(packet, RtcpType::payload_feedback, full_intra_format)) {
            return read_full_intra(packet.body.subspan(entries_offset), ssrc, feedback);
        }
        if (is(packet, RtcpType::payload_feedback, application_format)) {
            return read_estimate(packet.body.subspan(entries_offset), ssrc, feedback);
        }
        const bool loss = is(packet, RtcpType::payload_feedback, picture_loss_format);
        const bool nack = is(packet, RtcpType::transport_feedback, nack_format);
        if ((!loss && !nack) || base::read_u32(packet.body, 4) != ssrc) { return; }
        if (loss) { feedback.picture_loss = true; }
        if (nack) { read_nacks(packet.body.subspan(entries_offset), feedback); }
    });
    return feedback;
}

std::span<const std::byte> write_feedback(const Feedback& feedback, std::uint32_t ssrc, std::uint32_t sender,
                                          const Cname& cname, FeedbackBuffer& buffer) noexcept {
    Appender out{buffer};
    out.begin(RtcpType::receiver_report, 0);
    out.u32(ssrc);
    out.end();
    out.description(ssrc, cname);
    if (feedback.picture_loss) {
        begin(out, RtcpType::payload_feedback, picture_loss_format, ssrc, sender);
        out.end();
    }
    if (feedback.full_intra) {
        begin(out, RtcpType::payload_feedback, full_intra_format, ssrc, 0);  // the entry says whom (RFC 5104 §4.3.1.2)
        out.u32(sender);
        out.u8(*feedback.full_intra);
        for (int reserved = 0; reserved < 3; ++reserved) { out.u8(0); }
        out.end();
    }
    if (feedback.estimate) {
        begin(out, RtcpType::payload_feedback, application_format, ssrc, 0);
        out.u32(remb_name);
        out.u32(1U << 24 | *feedback.estimate);
        out.u32(sender);
        out.end();
    }
    if (!feedback.nacks.empty()) {
        begin(out, RtcpType::transport_feedback, nack_format, ssrc, sender);
        for (const Nack& nack : feedback.nacks) {
            out.u16(nack.first);
            out.u16(nack.following);
        }
        out.end();
    }
    return std::span{buffer}.first(out.size());
}

}  // namespace media
