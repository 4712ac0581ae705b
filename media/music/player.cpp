#include "media/music/player.hpp"

namespace media {

void Player::start(base::Instant now, std::uint64_t place) noexcept {
    playing_ = true;
    start_ = now;
    first_place_ = place;
    next_ = 0;
}

base::Instant Player::due() const noexcept {
    return playing_ ? start_ + frame_duration * static_cast<std::int64_t>(next_) : base::never;
}

std::optional<Player::Frame> Player::take_due(base::Instant now) noexcept {
    if (now < due()) { return std::nullopt; }
    const auto current = static_cast<std::uint64_t>((now - start_) / frame_duration);
    const bool gap = current - next_ > max_late_frames;
    if (gap) { next_ = current; }
    const Frame frame{next_, first_place_ + next_, gap};
    ++next_;
    return frame;
}

}  // namespace media
