#include "media/relay/silence.hpp"

#include <algorithm>

namespace media {

namespace {

// Near zero both laws are linear: µ-law in steps of 8 (all bits inverted), A-law of 16 from 8 on (even bits inverted).
constexpr unsigned ulaw_limit = silence_amplitude / 8;
constexpr unsigned alaw_limit = (silence_amplitude - 8) / 16;

constexpr unsigned ulaw_magnitude(std::byte code) { return ~std::to_integer<unsigned>(code) & 0x7fU; }
constexpr unsigned alaw_magnitude(std::byte code) { return (std::to_integer<unsigned>(code) ^ 0x55U) & 0x7fU; }

}  // namespace

bool is_audible(Codec codec, std::span<const std::byte> payload) noexcept {
    switch (codec) {
        case Codec::pcmu:
            return std::any_of(payload.begin(), payload.end(),
                               [](std::byte code) { return ulaw_magnitude(code) > ulaw_limit; });
        case Codec::pcma:
            return std::any_of(payload.begin(), payload.end(),
                               [](std::byte code) { return alaw_magnitude(code) > alaw_limit; });
        case Codec::telephone_event:
            return !payload.empty();
        case Codec::comfort_noise:
            return false;
    }
    return false;
}

}  // namespace media
