#include "media/relay/silence.hpp"

#include <algorithm>
#include <cstdlib>

#include "media/codec/g711.hpp"

namespace media {

namespace {

// Most silence is deeper than any noise, and is told by its codes: near zero both laws are linear, µ-law in steps of 8
// (all bits inverted), A-law of 16 from 8 on (even bits inverted).
template <unsigned inverted, unsigned limit>
bool has_code_above(std::span<const std::byte> payload) noexcept {
    return std::any_of(payload.begin(), payload.end(),
                       [](std::byte code) { return ((std::to_integer<unsigned>(code) ^ inverted) & 0x7fU) > limit; });
}

// Sound is loud enough within a few samples; only silence is read to its end.
bool is_louder(Codec law, std::span<const std::byte> payload, unsigned amplitude) noexcept {
    const auto linear = linear_codes(law);
    const std::size_t limit = amplitude * payload.size();
    std::size_t sum = 0;
    for (const std::byte code : payload) {
        sum += static_cast<unsigned>(std::abs(int{linear[std::to_integer<std::size_t>(code)]}));
        if (sum > limit) { return true; }
    }
    return false;
}

}  // namespace

bool is_audible(Codec codec, std::span<const std::byte> payload, unsigned amplitude) noexcept {
    switch (codec) {
        case Codec::pcmu:
            return has_code_above<0xff, noise_amplitude / 8>(payload) && is_louder(codec, payload, amplitude);
        case Codec::pcma:
            return has_code_above<0x55, (noise_amplitude - 8) / 16>(payload) && is_louder(codec, payload, amplitude);
        case Codec::telephone_event:
        case Codec::relayed:
            return !payload.empty();
        case Codec::comfort_noise:
            return false;
    }
    return false;
}

}  // namespace media
