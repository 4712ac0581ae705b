#include "media/relay/silence.hpp"

#include <cstdlib>

#include "media/codec/g711.hpp"

namespace media {

namespace {

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
        case Codec::pcma:
            return is_louder(codec, payload, amplitude);
        case Codec::telephone_event:
            return !payload.empty();
        case Codec::comfort_noise:
            return false;
    }
    return false;
}

}  // namespace media
