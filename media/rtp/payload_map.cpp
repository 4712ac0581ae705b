#include "media/rtp/payload_map.hpp"

#include "media/codec/g711.hpp"

namespace media {

void PayloadMap::set(std::span<const PayloadFormat> receive, std::span<const PayloadFormat> send) noexcept {
    clear();
    for (const PayloadFormat& format : receive) {
        if (format.clock_hz != sample_rate_hz) { continue; }
        codec_of_[format.payload & 0x7fU] = static_cast<std::uint8_t>(format.codec);
    }
    for (const PayloadFormat& format : send) {
        std::uint8_t& number = number_of_[static_cast<std::size_t>(format.codec)];
        if (format.clock_hz != sample_rate_hz || number != none) { continue; }  // the first is the preferred one
        number = static_cast<std::uint8_t>(format.payload & 0x7fU);
        if (is_g711(format.codec) && !preferred_) { preferred_ = format.codec; }
    }
}

void PayloadMap::clear() noexcept {
    codec_of_.fill(none);
    number_of_.fill(none);
    preferred_.reset();
}

}  // namespace media
