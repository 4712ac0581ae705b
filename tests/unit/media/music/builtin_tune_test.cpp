#include "media/music/builtin_tune.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "tests/unit/media/support/spectrum.hpp"

namespace media::test {
namespace {

constexpr std::size_t bar_samples = static_cast<std::size_t>(builtin_bar / frame_duration) * frame_samples;

class BuiltinTune : public testing::Test {
protected:
    std::span<const std::int16_t> piece(std::size_t first, std::size_t count) const {
        return std::span{tune}.subspan(first, count);
    }
    const Pcm tune = compose_builtin_tune();
};

TEST_F(BuiltinTune, LastsTwentyFourSecondsAndWholeFrames) {
    EXPECT_EQ(tune.size(), 24U * 8000);
    EXPECT_EQ(tune.size() % frame_samples, 0U);
}

TEST_F(BuiltinTune, IsTheSameEachTime) { EXPECT_EQ(tune, compose_builtin_tune()); }

TEST_F(BuiltinTune, StaysWellBelowClippingAndIsNeverSilent) {
    int peak = 0;
    for (const std::int16_t sample : tune) { peak = std::max(peak, std::abs(int{sample})); }
    EXPECT_NEAR(peak, 11000, 2);
    for (std::size_t first = 0; first < tune.size(); first += 1600) {
        EXPECT_GT(rms(piece(first, 1600)), 1000) << "200 ms at sample " << first;
    }
}

TEST_F(BuiltinTune, LoopsWithoutAClick) {
    int usual = 0;
    int usual_bend = 0;
    for (std::size_t i = 2; i < tune.size(); ++i) {
        usual = std::max(usual, std::abs(tune[i] - tune[i - 1]));
        usual_bend = std::max(usual_bend, std::abs(tune[i] - 2 * tune[i - 1] + tune[i - 2]));
    }
    const int last = tune[tune.size() - 1];
    EXPECT_LE(std::abs(tune[0] - last), usual);
    EXPECT_LE(std::abs(tune[0] - 2 * last + tune[tune.size() - 2]), usual_bend);
    EXPECT_LE(std::abs(tune[1] - 2 * tune[0] + last), usual_bend);
}

TEST_F(BuiltinTune, SoundsThreeChordNotesThroughEachBar) {
    for (std::size_t bar = 0; bar < builtin_bars; ++bar) {
        const auto middle = piece(bar * bar_samples + 4000, 16000);
        double share = 0;
        for (const double hertz : builtin_chords[bar]) {
            EXPECT_GT(share_at(middle, hertz), 0.12) << "bar " << bar << " " << hertz << " Hz";
            share += share_at(middle, hertz);
        }
        EXPECT_GT(share, 0.6) << "bar " << bar;
    }
}

// What a test at the far end of a call does: 200 ms of any place, coded and decoded.
TEST_F(BuiltinTune, IsKnownByItsNotesInAnyFifthOfASecondAndNeverTakenForATestTone) {
    std::set<double> notes;
    for (const Chord& chord : builtin_chords) { notes.insert(chord.begin(), chord.end()); }
    const EncodedTune encoded{tune};
    for (std::size_t frame = 0; frame + 10 <= encoded.frames(); ++frame) {
        Pcm heard;
        for (std::size_t i = 0; i < 10; ++i) {
            for (const std::byte code : encoded.frame(Codec::pcma, frame + i)) { heard.push_back(decode_alaw(code)); }
        }
        double share = 0;
        for (const double hertz : notes) { share += share_at(heard, hertz); }
        ASSERT_GT(share, 0.45) << "frame " << frame;
        ASSERT_LT(share_at(heard, 440), 0.1) << "frame " << frame;
        ASSERT_LT(share_at(heard, 1000), 0.1) << "frame " << frame;
    }
}

}  // namespace
}  // namespace media::test
