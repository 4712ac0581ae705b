#include "media/codec/g711.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

namespace media {
namespace {

// ITU-T G.711 table 2a: characteristic codes of µ-law, values in 16 bits (14-bit value times 4).
TEST(G711, DecodesTheCornersOfULaw) {
    EXPECT_EQ(decode_ulaw(std::byte{0xff}), 0);
    EXPECT_EQ(decode_ulaw(std::byte{0x7f}), 0);
    EXPECT_EQ(decode_ulaw(std::byte{0x80}), 32124);
    EXPECT_EQ(decode_ulaw(std::byte{0x00}), -32124);
    EXPECT_EQ(decode_ulaw(std::byte{0xfe}), 8);
}

// Table 1a: A-law, 13-bit value times 8.
TEST(G711, DecodesTheCornersOfALaw) {
    EXPECT_EQ(decode_alaw(std::byte{0xd5}), 8);
    EXPECT_EQ(decode_alaw(std::byte{0x55}), -8);
    EXPECT_EQ(decode_alaw(std::byte{0xaa}), 32256);
    EXPECT_EQ(decode_alaw(std::byte{0x2a}), -32256);
}

TEST(G711, EncodesBackEveryCodeItDecodes) {
    for (unsigned code = 0; code < 256; ++code) {
        const std::byte wire{static_cast<std::uint8_t>(code)};
        EXPECT_EQ(encode_alaw(decode_alaw(wire)), wire) << code;
        if (code != 0x7f) { EXPECT_EQ(encode_ulaw(decode_ulaw(wire)), wire) << code; }  // the negative zero
    }
}

TEST(G711, StaysWithinHalfAStepOfEverySample) {
    for (int sample = -32768; sample <= 32767; ++sample) {
        const auto value = static_cast<std::int16_t>(sample);
        const int magnitude = std::abs(sample);
        const int step = std::max(16, magnitude / 16);  // at most a sixteenth of a segment
        if (magnitude < 32600) {
            ASSERT_LE(std::abs(decode_ulaw(encode_ulaw(value)) - sample), step / 2 + 8) << sample;
            ASSERT_LE(std::abs(decode_alaw(encode_alaw(value)) - sample), step / 2 + 8) << sample;
        }
    }
    EXPECT_EQ(decode_ulaw(encode_ulaw(32767)), 32124);
    EXPECT_EQ(decode_alaw(encode_alaw(-32768)), -32256);
}

TEST(G711, TranscodesThereAndBackWithoutWandering) {
    for (unsigned code = 0; code < 256; ++code) {
        const std::byte wire{static_cast<std::uint8_t>(code)};
        const std::byte once = alaw_to_ulaw(ulaw_to_alaw(wire));
        EXPECT_EQ(alaw_to_ulaw(ulaw_to_alaw(once)), once) << code;
        EXPECT_LE(std::abs(decode_ulaw(once) - decode_ulaw(wire)), std::max(16, std::abs(decode_ulaw(wire)) / 16))
            << code;
    }
}

}  // namespace
}  // namespace media
