#include "media/stream/deframer.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"

namespace media {

std::optional<std::span<std::byte>> Deframer::next(std::span<const std::byte>& bytes) noexcept {
    while (!is_broken_) {
        if (std::exchange(is_taken_, false)) { size_ = 0; }
        if (!collect(frame_header_size, bytes)) { return std::nullopt; }
        const std::size_t length = base::read_u16(held_, 0);
        is_broken_ = length > max_frame;
        if (is_broken_ || !collect(frame_header_size + length, bytes)) { return std::nullopt; }
        is_taken_ = true;
        if (length != 0) { return std::span{held_}.subspan(frame_header_size, length); }
    }
    return std::nullopt;
}

// True: so many are held now.
bool Deframer::collect(std::size_t wanted, std::span<const std::byte>& bytes) noexcept {
    if (size_ >= wanted) { return true; }
    const std::size_t count = std::min(wanted - size_, bytes.size());
    std::copy_n(bytes.begin(), count, held_.begin() + static_cast<std::ptrdiff_t>(size_));
    bytes = bytes.subspan(count);
    size_ += count;
    return size_ == wanted;
}

}  // namespace media
