#include "media/music/encoded_cache.hpp"

#include <gtest/gtest.h>

#include "media/music/builtin_tune.hpp"
#include "media/music/milliwatt.hpp"
#include "tests/unit/media/support/spectrum.hpp"

namespace media::test {
namespace {

TEST(EncodedTune, CutsTheTuneIntoFramesOfBothLaws) {
    const EncodedTune tune{Pcm(320, 1000)};
    ASSERT_EQ(tune.frames(), 2U);
    EXPECT_EQ(tune.frame(Codec::pcmu, 1).size(), 160U);
    EXPECT_EQ(tune.frame(Codec::pcmu, 1)[159], encode_ulaw(1000));
    EXPECT_EQ(tune.frame(Codec::pcma, 0)[0], encode_alaw(1000));
    EXPECT_EQ(tune.duration(), std::chrono::milliseconds{40});
}

TEST(EncodedTune, FillsTheLastFrameWithSilence) {
    const EncodedTune tune{Pcm(161, 1000)};
    ASSERT_EQ(tune.frames(), 2U);
    EXPECT_EQ(tune.frame(Codec::pcmu, 1)[0], encode_ulaw(1000));
    EXPECT_EQ(tune.frame(Codec::pcmu, 1)[1], encode_ulaw(0));
}

TEST(EncodedTune, GoesRoundAndRound) {
    Pcm samples(320, 1000);
    samples[160] = 5000;
    const EncodedTune tune{samples};
    EXPECT_EQ(tune.frame(Codec::pcma, 3 + 2'000'000'000'000ULL)[0], encode_alaw(5000));
}

TEST(EncodedTune, MakesASilentFrameOfNothing) { EXPECT_EQ(EncodedTune{Pcm{}}.frames(), 1U); }

TEST(MusicLibrary, HasTheBuiltInTuneAsDefault) {
    const MusicLibrary library;
    ASSERT_TRUE(library.find(""));
    EXPECT_EQ(library.find("no such tune"), library.find(""));
    EXPECT_EQ(library.find("")->duration(), builtin_bar * static_cast<int>(builtin_bars));
}

TEST(MusicLibrary, FindsWhatWasAddedAndLetsTheDefaultBeReplaced) {
    MusicLibrary library;
    const auto mine = std::make_shared<const EncodedTune>(Pcm(160, 5));
    library.add("/music/a.wav", mine);
    EXPECT_EQ(library.find("/music/a.wav"), mine);
    EXPECT_NE(library.find(""), mine);
    library.add("", mine);
    EXPECT_EQ(library.find("no such tune"), mine);
}

// ITU-T G.711: 0 dBm0 lies 3.17 dB (µ-law) and 3.14 dB (A-law) below full scale.
TEST(Milliwatt, IsAKilohertzAtZeroDbm0InBothLaws) {
    const SharedTune tune = make_milliwatt();
    for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
        Pcm heard;
        for (const std::byte code : tune->frame(codec, 0)) {
            heard.push_back(codec == Codec::pcmu ? decode_ulaw(code) : decode_alaw(code));
        }
        EXPECT_GT(share_at(heard, 1000), 0.99);
        const double full_scale = (codec == Codec::pcmu ? 32124 : 32256) / std::sqrt(2.0);
        EXPECT_NEAR(20 * std::log10(rms(heard) / full_scale), -3.15, 0.2);
    }
}

}  // namespace
}  // namespace media::test
