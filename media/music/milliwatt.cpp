#include "media/music/milliwatt.hpp"

#include <array>

namespace media {

namespace {

using Cycle = std::array<std::uint8_t, 8>;
constexpr Cycle ulaw_cycle{0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e};
constexpr Cycle alaw_cycle{0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4};

std::vector<std::byte> repeat(const Cycle& cycle) {
    std::vector<std::byte> frame(frame_samples);
    for (std::size_t i = 0; i < frame.size(); ++i) { frame[i] = std::byte{cycle[i % cycle.size()]}; }
    return frame;
}

}  // namespace

SharedTune make_milliwatt() { return std::make_shared<const EncodedTune>(repeat(ulaw_cycle), repeat(alaw_cycle)); }

}  // namespace media
