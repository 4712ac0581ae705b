#include "media/relay/silence.hpp"

#include <gtest/gtest.h>

#include "media/codec/g711.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

bool is_audible_at(Codec codec, std::int16_t sample) {
    Bytes payload(160, codec == Codec::pcmu ? encode_ulaw(0) : encode_alaw(0));
    payload[80] = codec == Codec::pcmu ? encode_ulaw(sample) : encode_alaw(sample);
    return is_audible(codec, payload);
}

TEST(Silence, IsWhatStaysWithinTheAmplitudeInBothLaws) {
    for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
        EXPECT_FALSE(is_audible_at(codec, 0));
        EXPECT_FALSE(is_audible_at(codec, 56));
        EXPECT_FALSE(is_audible_at(codec, -56));
        EXPECT_TRUE(is_audible_at(codec, 72));
        EXPECT_TRUE(is_audible_at(codec, -73));
        EXPECT_TRUE(is_audible_at(codec, 30000));
    }
}

TEST(Silence, IsEveryCodeUpToTheLimitAndNoneBeyond) {
    for (unsigned code = 0; code < 256; ++code) {
        const Bytes one{static_cast<std::byte>(code)};
        EXPECT_EQ(is_audible(Codec::pcmu, one), std::abs(decode_ulaw(one[0])) > silence_amplitude) << code;
        EXPECT_EQ(is_audible(Codec::pcma, one), std::abs(decode_alaw(one[0])) > silence_amplitude) << code;
    }
}

TEST(Silence, IsComfortNoiseAndAnEmptyPacketButNotADigit) {
    EXPECT_FALSE(is_audible(Codec::comfort_noise, bytes({0x20})));
    EXPECT_FALSE(is_audible(Codec::pcmu, {}));
    EXPECT_TRUE(is_audible(Codec::telephone_event, bytes({1, 10, 0, 160})));
}

}  // namespace
}  // namespace media::test
