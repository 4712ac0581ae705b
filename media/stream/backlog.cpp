#include "media/stream/backlog.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace media {

void Backlog::push(base::Instant now, std::span<const std::byte> datagram) noexcept {
    if (datagram.size() > max_frame) {
        ++dropped_;
        return;
    }
    if (count_ == max_frames) { drop_oldest(); }
    if (count_ == 0) { first_ = 0; }  // the same memory again
    const std::size_t last = slot(count_++);
    frames_[last] = {now, frame_header_size + datagram.size()};
    base::write_u16(bytes(last), 0, static_cast<std::uint16_t>(datagram.size()));
    std::ranges::copy(datagram, bytes(last).begin() + frame_header_size);
}

std::span<const std::byte> Backlog::front(base::Instant now) noexcept {
    while (count_ != 0 && !has_begun() && now - frames_[first_].at > max_age) { drop_oldest(); }
    if (count_ == 0) { return {}; }
    return bytes(first_).subspan(written_);
}

void Backlog::sent(std::size_t count) noexcept {
    written_ += count;
    if (written_ < frames_[first_].size) { return; }
    written_ = 0;
    first_ = slot(1);
    --count_;
}

// The first that has not begun: one that has takes its place.
void Backlog::drop_oldest() noexcept {
    if (has_begun()) {
        frames_[slot(1)] = frames_[first_];
        std::ranges::copy(bytes(first_), bytes(slot(1)).begin());
    }
    first_ = slot(1);
    --count_;
    ++dropped_;
}

}  // namespace media
