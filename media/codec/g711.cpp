#include "media/codec/g711.hpp"

#include <algorithm>
#include <array>

namespace media {

namespace {

// Both laws are a sign, three bits of segment and four of step. µ-law: 14-bit magnitudes with a bias of 33, all bits
// inverted on the wire; A-law: 13-bit magnitudes, every second bit inverted. Samples here are scaled to 16 bits.
constexpr int ulaw_bias = 33 << 2;
constexpr int ulaw_clip = 32635;

constexpr std::int16_t expand_ulaw(unsigned code) {
    const unsigned bits = ~code & 0xffU;
    const int magnitude = (((static_cast<int>(bits & 0x0fU) << 3) + ulaw_bias) << (bits >> 4 & 7U)) - ulaw_bias;
    return static_cast<std::int16_t>((bits & 0x80U) != 0 ? -magnitude : magnitude);
}

constexpr std::int16_t expand_alaw(unsigned code) {
    const unsigned bits = code ^ 0x55U;
    const unsigned segment = bits >> 4 & 7U;
    int magnitude = (static_cast<int>(bits & 0x0fU) << 4) + 8;
    if (segment > 0) { magnitude = (magnitude + 0x100) << (segment - 1); }
    return static_cast<std::int16_t>((bits & 0x80U) != 0 ? magnitude : -magnitude);
}

constexpr std::uint8_t compress_ulaw(std::int16_t sample) {
    const unsigned sign = sample < 0 ? 0x80U : 0U;
    const int magnitude = std::min(sample < 0 ? -int{sample} : int{sample}, ulaw_clip) + ulaw_bias;
    unsigned segment = 7;
    while (segment > 0 && magnitude < (0x80 << segment)) { --segment; }
    const auto step = static_cast<unsigned>(magnitude >> (segment + 3)) & 0x0fU;
    return static_cast<std::uint8_t>(~(sign | segment << 4 | step));
}

constexpr std::uint8_t compress_alaw(std::int16_t sample) {
    const unsigned sign = sample < 0 ? 0U : 0x80U;
    const int magnitude = sample < 0 ? -int{sample} - 1 : int{sample};
    unsigned segment = 7;
    while (segment > 0 && magnitude < (0x80 << segment)) { --segment; }
    const auto step = static_cast<unsigned>(magnitude >> (segment == 0 ? 4 : segment + 3)) & 0x0fU;
    return static_cast<std::uint8_t>((sign | segment << 4 | step) ^ 0x55U);
}

template <class Entry, class Make>
constexpr std::array<Entry, 256> table(Make make) {
    std::array<Entry, 256> entries{};
    for (unsigned code = 0; code < 256; ++code) { entries[code] = make(code); }
    return entries;
}

constexpr auto ulaw_to_linear = table<std::int16_t>(expand_ulaw);
constexpr auto alaw_to_linear = table<std::int16_t>(expand_alaw);
constexpr auto ulaw_to_alaw_table =
    table<std::byte>([](unsigned code) { return std::byte{compress_alaw(expand_ulaw(code))}; });
constexpr auto alaw_to_ulaw_table =
    table<std::byte>([](unsigned code) { return std::byte{compress_ulaw(expand_alaw(code))}; });

}  // namespace

std::span<const std::int16_t, 256> linear_codes(Codec law) noexcept {
    return law == Codec::pcmu ? ulaw_to_linear : alaw_to_linear;
}
std::int16_t decode_ulaw(std::byte code) noexcept { return ulaw_to_linear[std::to_integer<std::size_t>(code)]; }
std::int16_t decode_alaw(std::byte code) noexcept { return alaw_to_linear[std::to_integer<std::size_t>(code)]; }
std::byte encode_ulaw(std::int16_t sample) noexcept { return std::byte{compress_ulaw(sample)}; }
std::byte encode_alaw(std::int16_t sample) noexcept { return std::byte{compress_alaw(sample)}; }
std::byte ulaw_to_alaw(std::byte code) noexcept { return ulaw_to_alaw_table[std::to_integer<std::size_t>(code)]; }
std::byte alaw_to_ulaw(std::byte code) noexcept { return alaw_to_ulaw_table[std::to_integer<std::size_t>(code)]; }

void transcode_g711(Codec from, std::span<const std::byte> in, std::span<std::byte> out) noexcept {
    std::transform(in.begin(), in.end(), out.begin(), from == Codec::pcmu ? ulaw_to_alaw : alaw_to_ulaw);
}

}  // namespace media
