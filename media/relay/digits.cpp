#include "media/relay/digits.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "media/rtp/sequence.hpp"

namespace media {
namespace {

constexpr std::size_t event_size = 4;
constexpr std::byte end_bit{0x80};
constexpr std::byte volume{10};  // -10 dBm0, §2.3
constexpr std::uint32_t clock_khz = 8;
constexpr base::Duration step = std::chrono::milliseconds{20};
constexpr std::uint16_t ends = 3;

std::uint16_t samples_of(base::Duration time) {
    return static_cast<std::uint16_t>(time / std::chrono::milliseconds{1} * clock_khz);
}

}  // namespace

std::optional<Digit> DigitReader::on_event(const RtpHeader& header, std::span<const std::byte> payload) noexcept {
    if (payload.size() < event_size || std::to_integer<std::uint8_t>(payload[0]) > last_digit) { return std::nullopt; }
    const bool same_sender = started_ && header.ssrc == ssrc_;
    if (same_sender && timestamp_distance(timestamp_, header.timestamp) < 0) { return std::nullopt; }  // an earlier one
    const bool is_new = !same_sender || header.timestamp != timestamp_;
    const auto before = is_new ? finish() : std::nullopt;
    started_ = true;
    ssrc_ = header.ssrc;
    timestamp_ = header.timestamp;
    open_ = open_ || is_new;
    const auto milliseconds = static_cast<std::uint16_t>(base::read_u16(payload, 2) / clock_khz);
    digit_ = {std::to_integer<std::uint8_t>(payload[0]), Digit::Time{milliseconds}};
    if (before) { return before; }
    return (payload[1] & end_bit) == end_bit ? finish() : std::nullopt;
}

std::optional<Digit> DigitReader::finish() noexcept {
    if (!open_) { return std::nullopt; }
    open_ = false;
    return digit_;
}

bool DigitPlayer::push(base::Instant now, const Digit& digit) noexcept {
    if (waiting_.size() == max_waiting) { return false; }
    if (waiting_.empty()) { due_ = std::max(due_, now); }
    waiting_.push_back({digit.event, std::clamp(digit.duration, shortest, longest)});
    return true;
}

std::optional<DigitPlayer::Packet> DigitPlayer::take_due(base::Instant now) noexcept {
    if (now < due()) { return std::nullopt; }
    const Digit& digit = waiting_.front();
    const base::Duration length = digit.duration;
    const auto steps = static_cast<std::uint16_t>((length + step - base::Duration{1}) / step);
    const bool is_end = number_ + 1 >= steps;
    Packet packet{digit_, number_, {}};
    packet.payload[0] = std::byte{digit.event};
    packet.payload[1] = is_end ? volume | end_bit : volume;
    const base::Duration so_far = std::min(length, step * (number_ + 1));
    base::write_u16(packet.payload, 2, samples_of(so_far));
    ++number_;
    due_ += step;
    if (number_ == steps + ends - 1) {
        waiting_.erase(waiting_.begin());
        ++digit_;
        number_ = 0;
        due_ += pause - step;
    }
    return packet;
}

}  // namespace media
