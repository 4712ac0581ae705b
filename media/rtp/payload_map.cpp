#include "media/rtp/payload_map.hpp"

#include "media/codec/g711.hpp"

namespace media {
namespace {

bool is_carried(const PayloadFormat& format) {
    return format.codec == Codec::relayed ? format.meaning < max_meanings : format.clock_hz == sample_rate_hz;
}

}  // namespace

void PayloadMap::set(std::span<const PayloadFormat> receive, std::span<const PayloadFormat> send) noexcept {
    clear();
    for (const PayloadFormat& format : receive) {
        if (!is_carried(format)) { continue; }
        place_of_[format.payload & 0x7fU] = static_cast<std::uint8_t>(place(format.codec, format.meaning));
    }
    for (const PayloadFormat& format : send) {
        std::uint8_t& number = number_of_[place(format.codec, format.meaning)];
        if (!is_carried(format) || number != none) { continue; }  // the first is the preferred one
        number = static_cast<std::uint8_t>(format.payload & 0x7fU);
        if (is_g711(format.codec) && !preferred_) { preferred_ = format.codec; }
    }
}

void PayloadMap::clear() noexcept {
    place_of_.fill(none);
    number_of_.fill(none);
    preferred_.reset();
}

}  // namespace media
