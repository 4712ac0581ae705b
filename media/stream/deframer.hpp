// Datagrams out of a stream (RFC 4571 §2): each behind its length in two bytes. Frames without content are passed over,
// as an idle sender may keep its connection alive by them. What is held is one frame at most, whatever a length claims.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "media/relay/protection.hpp"

namespace media {

inline constexpr std::size_t frame_header_size = 2;

class Deframer {
public:
    static constexpr std::size_t max_frame = Protection::max_datagram;

    // The next frame of what was held and of `bytes`, which shrink to what is not read yet. Valid until the next call;
    // its bytes may be changed. Nullopt: more must come, or nothing ever will.
    std::optional<std::span<std::byte>> next(std::span<const std::byte>& bytes) noexcept;
    // A frame was announced that is longer than max_frame: what follows has no meaning.
    bool is_broken() const noexcept { return is_broken_; }

private:
    bool collect(std::size_t wanted, std::span<const std::byte>& bytes) noexcept;

    std::array<std::byte, frame_header_size + max_frame> held_;
    std::size_t size_ = 0;
    bool is_taken_ = false;  // what is held is a frame that was handed out
    bool is_broken_ = false;
};

}  // namespace media
