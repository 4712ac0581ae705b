// What waits to be sent on a connection, framed (RFC 4571 §2). Media that comes late is worth nothing: who reads too
// slowly loses what has waited longest, whole frames of it, and hears the newest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/time.hpp"
#include "media/stream/deframer.hpp"

namespace media {

class Backlog {
public:
    static constexpr std::size_t max_frames = 64;  // a picture of 75 KB, or 1.2 s of voice
    static constexpr base::Duration max_age = std::chrono::milliseconds{500};
    static constexpr std::size_t max_frame = Protection::max_datagram + SrtpSession::max_trailer_size;

    Backlog() : bytes_{std::make_unique_for_overwrite<std::byte[]>(max_frames * stride)} {}

    // Makes room where there is none. One longer than max_frame is dropped itself.
    void push(base::Instant now, std::span<const std::byte> datagram) noexcept;
    // What is to be written next; empty: nothing. Valid until the next call but sent().
    std::span<const std::byte> front(base::Instant now) noexcept;
    // So many bytes of front() are written. A frame that has begun goes on to its end.
    void sent(std::size_t count) noexcept;

    bool empty() const noexcept { return count_ == 0; }
    std::uint64_t dropped() const noexcept { return dropped_; }  // frames

private:
    static constexpr std::size_t stride = frame_header_size + max_frame;
    struct Frame {
        base::Instant at;
        std::size_t size;
    };
    std::size_t slot(std::size_t place) const noexcept { return (first_ + place) % max_frames; }
    std::span<std::byte> bytes(std::size_t slot) noexcept {
        return std::span{bytes_.get() + slot * stride, frames_[slot].size};
    }
    bool has_begun() const noexcept { return written_ != 0; }
    void drop_oldest() noexcept;

    std::array<Frame, max_frames> frames_{};
    std::unique_ptr<std::byte[]> bytes_;  // untouched until something waits
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    std::size_t written_ = 0;  // of the first
    std::uint64_t dropped_ = 0;
};

}  // namespace media
