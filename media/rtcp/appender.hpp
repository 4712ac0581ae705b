// Writes RTCP packets one behind the other into a buffer that is known to be large enough (RFC 3550 §6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media {

inline constexpr std::size_t cname_size = 16;
using Cname = std::array<char, cname_size>;
// Header, SSRC, the CNAME item and its end, padded to 4.
inline constexpr std::size_t description_size = 8 + (cname_size + 2) / 4 * 4 + 4;

class Appender {
public:
    explicit Appender(std::span<std::byte> out) : out_{out} {}

    void u8(std::uint8_t value) noexcept { out_[at_++] = std::byte{value}; }
    void u16(std::uint16_t value) noexcept {
        base::write_u16(out_, at_, value);
        at_ += 2;
    }
    void u32(std::uint32_t value) noexcept {
        base::write_u32(out_, at_, value);
        at_ += 4;
    }
    // Starts a packet; its length is written by end().
    void begin(RtcpType type, std::uint8_t count) noexcept {
        start_ = at_;
        u8(static_cast<std::uint8_t>(0x80U | count));
        u8(static_cast<std::uint8_t>(type));
        at_ += 2;
    }
    // Pads with zeros to a multiple of 4.
    void end() noexcept {
        while ((at_ - start_) % 4 != 0) { u8(0); }
        base::write_u16(out_, start_ + 2, static_cast<std::uint16_t>((at_ - start_) / 4 - 1));
    }
    // A whole SDES: one chunk with one CNAME item, ended by at least one zero octet (RFC 3550 §6.5).
    void description(std::uint32_t ssrc, const Cname& cname) noexcept {
        constexpr std::uint8_t cname_item = 1;
        begin(RtcpType::description, 1);
        u32(ssrc);
        u8(cname_item);
        u8(static_cast<std::uint8_t>(cname_size));
        for (const char character : cname) { u8(static_cast<std::uint8_t>(character)); }
        u8(0);
        end();
    }
    std::size_t size() const noexcept { return at_; }

private:
    std::span<std::byte> out_;
    std::size_t at_ = 0;
    std::size_t start_ = 0;
};

}  // namespace media
