#include "media/rtp/extension_block.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "media/rtcp/ntp.hpp"
#include "media/rtp/header_extension.hpp"

namespace media {
namespace {

constexpr std::size_t own_header = 4;
constexpr std::size_t time_size = 3;
constexpr std::size_t level_size = 1;
constexpr std::uint8_t no_id = 15;

// A number that may not be sent, or that nothing stands behind.
std::uint8_t usable(std::uint8_t id) noexcept { return id == no_id ? std::uint8_t{0} : id; }

std::uint8_t in_words(std::size_t end) noexcept {
    return end == own_header ? std::uint8_t{0} : static_cast<std::uint8_t>((end + 3) / 4 * 4);
}

}  // namespace

ExtensionBlock::ExtensionBlock(const ExtensionNumbers& numbers, std::string_view mid) noexcept
    : end_{own_header}, says_voice_{numbers.says_voice} {
    const bool has_mid = !mid.empty() && mid.size() <= max_mid_size;
    const std::uint8_t mid_id = has_mid ? usable(numbers.mid) : std::uint8_t{0};
    const std::uint8_t time_id = usable(numbers.send_time);
    const std::uint8_t level_id = usable(numbers.audio_level);
    const bool is_short = std::max({mid_id, time_id, level_id}) <= max_short_id;
    base::write_u16(bytes_, 0, is_short ? one_byte_profile : two_byte_profile);
    if (mid_id != 0) {
        const std::size_t at = add(mid_id, mid.size(), is_short);
        std::ranges::transform(mid, bytes_.begin() + static_cast<std::ptrdiff_t>(at),
                               [](char character) { return static_cast<std::byte>(character); });
    }
    if (time_id != 0) { time_at_ = static_cast<std::uint8_t>(add(time_id, time_size, is_short)); }
    level_from_ = static_cast<std::uint8_t>(end_);
    size_ = in_words(end_);
    if (level_id != 0) { level_at_ = static_cast<std::uint8_t>(add(level_id, level_size, is_short)); }
    size_with_level_ = in_words(end_);
}

// Where its data is to be.
std::size_t ExtensionBlock::add(std::uint8_t id, std::size_t size, bool is_short) noexcept {
    if (is_short) {
        bytes_[end_++] = static_cast<std::byte>(unsigned{id} << 4 | (static_cast<unsigned>(size) - 1));
    } else {
        bytes_[end_++] = std::byte{id};
        bytes_[end_++] = static_cast<std::byte>(size);
    }
    const std::size_t at = end_;
    end_ += size;
    return at;
}

void ExtensionBlock::write(std::span<std::byte> out, base::Instant now,
                           const std::optional<AudioLevel>& level) const noexcept {
    const std::size_t whole = size(level);
    if (whole == 0) { return; }
    const std::size_t elements = takes(level) ? end_ : level_from_;
    std::copy_n(bytes_.begin(), elements, out.begin());
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(elements), whole - elements, std::byte{});
    base::write_u16(out, 2, static_cast<std::uint16_t>(whole / 4 - 1));
    if (time_at_ != 0) {
        const std::uint32_t time = abs_send_time(now);
        out[time_at_] = static_cast<std::byte>(time >> 16);
        base::write_u16(out, std::size_t{time_at_} + 1, static_cast<std::uint16_t>(time));
    }
    if (takes(level)) { out[level_at_] = std::byte{level->value}; }
}

std::uint32_t abs_send_time(base::Instant now) noexcept {
    constexpr int behind_the_point = 32 - 18;  // of what an NTP time has more of
    return static_cast<std::uint32_t>(to_ntp(now.time_since_epoch()) >> behind_the_point) & 0xffffffU;
}

}  // namespace media
