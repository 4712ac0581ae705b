// The header extension of what a leg is sent (RFC 8285): the mid of its line (RFC 8843 §15), when the packet leaves
// (abs-send-time), how loud it is (RFC 6464). Laid out when the leg is described; in a packet only the last two are
// filled in. The mid is in every packet: an SSRC that the peer has lost the line of would be mute, and beside the
// others it mostly costs nothing, for the block comes in words. One leg has one form, the shorter one where it has the
// numbers.
//
//    |  0xBE, 0xDE or 0x10, 0x00   |     words behind this one     |
//    | ID, len-1 | mid | ID, 2 | seconds, 6.18 | ID, 0 |V| -dBov | padding     (§4.2)
//    | ID | len  | mid | ID | 3 | seconds, 6.18 | ID | 1 |V| -dBov | padding   (§4.3)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.hpp"
#include "media/engine.hpp"

namespace media {

// Of a packet as it came.
struct AudioLevel {
    std::uint8_t value = 0;  // V and level
    bool says_voice = true;  // V means something
};

class ExtensionBlock {
public:
    static constexpr std::size_t max_mid_size = 16;  // what the one-byte form has room for; a longer one is left out
    static constexpr std::size_t max_size = 32;

    // Numbers that are none (RFC 8285 §4.2: 15) are left out.
    ExtensionBlock(const ExtensionNumbers& numbers, std::string_view mid) noexcept;

    bool is_empty() const noexcept { return size_ == 0 && size_with_level_ == 0; }
    // Of a packet with this level, its own header included; 0: it has no extension.
    std::size_t size(const std::optional<AudioLevel>& level) const noexcept {
        return takes(level) ? size_with_level_ : size_;
    }
    // Behind the header of a packet, whose X bit is set. `out` has size().
    void write(std::span<std::byte> out, base::Instant now, const std::optional<AudioLevel>& level) const noexcept;

private:
    bool takes(const std::optional<AudioLevel>& level) const noexcept {
        return level && level_at_ != 0 && (level->says_voice || !says_voice_);
    }
    std::size_t add(std::uint8_t id, std::size_t size, bool is_short) noexcept;

    std::array<std::byte, max_size> bytes_{};
    std::size_t end_ = 0;  // of the elements so far
    std::uint8_t size_ = 0;
    std::uint8_t size_with_level_ = 0;
    std::uint8_t time_at_ = 0;   // of the data; 0: it has none
    std::uint8_t level_at_ = 0;  // the same; it is the last element
    std::uint8_t level_from_ = 0;
    bool says_voice_ = true;
};

// 24 bits, seconds in fixed point with 18 bits behind it, modulo 64 s. All lines of all transports have the same clock:
// a browser estimates by what all of them tell.
std::uint32_t abs_send_time(base::Instant now) noexcept;

}  // namespace media
