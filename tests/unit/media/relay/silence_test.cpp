#include "media/relay/silence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "media/codec/g711.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

constexpr std::array laws{Codec::pcmu, Codec::pcma};

std::byte encode(Codec law, double sample) {
    const auto rounded = static_cast<std::int16_t>(std::lround(sample));
    return law == Codec::pcmu ? encode_ulaw(rounded) : encode_alaw(rounded);
}

int amplitude_of(Codec law, std::byte code) {
    return std::abs(int{law == Codec::pcmu ? decode_ulaw(code) : decode_alaw(code)});
}

// 0 dBm0 is 3.17 dB under a sine at full scale (ITU-T G.711, tables 5 and 6 note).
double rms_at(double dbm0) { return 32124 / std::sqrt(2) * std::pow(10, (dbm0 - 3.17) / 20); }

// A second of the noise of a line, in packets of 20 ms.
std::vector<Bytes> noise(Codec law, double dbm0) {
    std::mt19937 random{11};
    std::normal_distribution<double> sample{0, rms_at(dbm0)};
    std::vector<Bytes> packets(50, Bytes(160));
    for (Bytes& packet : packets) {
        for (std::byte& code : packet) { code = encode(law, sample(random)); }
    }
    return packets;
}

std::size_t audible_count(Codec law, const std::vector<Bytes>& packets, unsigned amplitude) {
    return static_cast<std::size_t>(std::count_if(
        packets.begin(), packets.end(), [&](const Bytes& packet) { return is_audible(law, packet, amplitude); }));
}

TEST(Silence, IsAMeanAmplitudeUpToTheLimitAndNothingBeyond) {
    for (const Codec law : laws) {
        const std::byte soft = encode(law, 100);
        const std::byte loud = encode(law, 140);
        const auto limit = static_cast<unsigned>(amplitude_of(law, soft));
        Bytes payload(160, soft);
        EXPECT_FALSE(is_audible(law, payload, limit));
        EXPECT_TRUE(is_audible(law, payload, limit - 1));
        payload.back() = loud;
        EXPECT_TRUE(is_audible(law, payload, limit)) << "by one sample, and the last";
    }
}

TEST(Silence, AsksForMoreOfWhoWasSilentThanOfWhoIsHeard) {
    for (const Codec law : laws) {
        const Bytes between(160, encode(law, 100));
        EXPECT_TRUE(is_audible(law, between, noise_amplitude));
        EXPECT_FALSE(is_audible(law, between, sound_amplitude));
    }
}

TEST(Silence, IsTheNoiseOfAPoorLine) {
    for (const Codec law : laws) {
        EXPECT_EQ(audible_count(law, noise(law, -65), noise_amplitude), 0U);
        EXPECT_EQ(audible_count(law, noise(law, -50), noise_amplitude), 0U);
    }
}

TEST(Silence, IsNotAQuietVoiceNorTheNoiseOfOneWhoIsHeard) {
    for (const Codec law : laws) {
        EXPECT_EQ(audible_count(law, noise(law, -35), sound_amplitude), 50U);
        EXPECT_EQ(audible_count(law, noise(law, -43), noise_amplitude), 50U) << "who is heard stays heard";
        EXPECT_EQ(audible_count(law, noise(law, -43), sound_amplitude), 0U) << "and does not begin by it";
    }
}

TEST(Silence, IsACrackleButNotTheBeginningOfAWord) {
    for (const Codec law : laws) {
        Bytes payload(160, encode(law, 0));
        payload[80] = encode(law, 8000);
        EXPECT_FALSE(is_audible(law, payload, noise_amplitude));
        std::fill(payload.end() - 40, payload.end(), encode(law, 1000));
        EXPECT_TRUE(is_audible(law, payload, sound_amplitude));
    }
}

TEST(Silence, IsMeasuredInPacketsOfAnyLength) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{80}, std::size_t{480}}) {
        EXPECT_FALSE(is_audible(Codec::pcmu, Bytes(size, encode_ulaw(60)), noise_amplitude));
        EXPECT_TRUE(is_audible(Codec::pcmu, Bytes(size, encode_ulaw(80)), noise_amplitude));
    }
}

TEST(Silence, IsComfortNoiseAndAnEmptyPacketButNotADigit) {
    EXPECT_FALSE(is_audible(Codec::comfort_noise, bytes({0x20}), noise_amplitude));
    EXPECT_FALSE(is_audible(Codec::pcmu, {}, noise_amplitude));
    EXPECT_TRUE(is_audible(Codec::telephone_event, bytes({1, 10, 0, 160}), sound_amplitude));
}

}  // namespace
}  // namespace media::test
