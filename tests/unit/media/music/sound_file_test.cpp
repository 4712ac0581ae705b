#include "media/music/sound_file.hpp"

#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <vector>

#include "media/music/resampler.hpp"
#include "tests/unit/media/support/spectrum.hpp"

namespace media::test {
namespace {

std::vector<float> sine(double hertz, std::uint32_t rate, double seconds, float level = 0.5F) {
    std::vector<float> out(static_cast<std::size_t>(rate * seconds));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = level * static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
    }
    return out;
}

std::vector<float> resample(std::uint32_t rate, const std::vector<float>& in, std::size_t block = 1000) {
    Resampler resampler{rate};
    std::vector<float> out;
    for (std::size_t first = 0; first < in.size(); first += block) {
        resampler.push(std::span{in}.subspan(first, std::min(block, in.size() - first)), out);
    }
    resampler.finish(out);
    return out;
}

// Amplitude in the middle, away from where sound begins and ends.
double amplitude(const std::vector<float>& samples) {
    double sum = 0;
    const std::size_t quarter = samples.size() / 4;
    for (std::size_t i = quarter; i < 3 * quarter; ++i) { sum += static_cast<double>(samples[i]) * samples[i]; }
    return std::sqrt(2 * sum / static_cast<double>(2 * quarter));
}

TEST(Resampler, KeepsLevelAndLengthAtEveryCommonRate) {
    for (const std::uint32_t rate : {8000U, 11025U, 16000U, 22050U, 32000U, 44100U, 48000U, 96000U}) {
        const auto out = resample(rate, sine(1000, rate, 0.5));
        EXPECT_EQ(out.size(), 4000U) << rate;
        EXPECT_NEAR(amplitude(out), 0.5, 0.005) << rate;
    }
}

TEST(Resampler, LetsNoAliasThrough) {
    EXPECT_LT(amplitude(resample(48000, sine(5000, 48000, 0.5))), 0.5e-3) << "-60 dB";
    EXPECT_LT(amplitude(resample(44100, sine(15000, 44100, 0.5))), 0.5e-3);
    EXPECT_NEAR(amplitude(resample(48000, sine(3300, 48000, 0.5))), 0.5, 0.02) << "the telephone's band stays";
}

TEST(Resampler, GivesTheSameHoweverTheInputIsCut) {
    const auto in = sine(700, 44100, 0.2);
    EXPECT_EQ(resample(44100, in, 1), resample(44100, in, 100'000));
}

TEST(Resampler, TakesTheLowestAndTheHighestRate) {
    EXPECT_EQ(resample(Resampler::min_rate_hz, sine(100, Resampler::min_rate_hz, 1)).size(), 8000U);
    EXPECT_EQ(resample(Resampler::max_rate_hz, sine(100, Resampler::max_rate_hz, 0.1)).size(), 800U);
}

class SoundFile : public testing::Test {
protected:
    SoundFile() : folder{std::filesystem::path{testing::TempDir()} / ("sound-" + std::to_string(::getpid()))} {
        std::filesystem::create_directories(folder);
    }
    ~SoundFile() override { std::filesystem::remove_all(folder); }

    std::string write(const std::string& name, int format, int rate, int channels,
                      const std::vector<float>& interleaved) {
        const std::string path = folder / name;
        SF_INFO info{};
        info.samplerate = rate;
        info.channels = channels;
        info.format = format;
        SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
        EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
        sf_writef_float(file, interleaved.data(), static_cast<sf_count_t>(interleaved.size()) / channels);
        sf_close(file);
        return path;
    }
    std::filesystem::path folder;
    std::string why;
};

TEST_F(SoundFile, ReadsWavOfAnyRate) {
    const auto path = write("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, sine(700, 44100, 1));
    const auto pcm = load_sound_file(path, why);
    ASSERT_TRUE(pcm) << why;
    EXPECT_EQ(pcm->size(), 8000U);
    EXPECT_GT(share_at(*pcm, 700), 0.98);
    EXPECT_NEAR(rms(*pcm), 0.5 * 32767 / std::sqrt(2.0), 300);
}

TEST_F(SoundFile, ReadsOggAndFlac) {
    for (const int format : {SF_FORMAT_OGG | SF_FORMAT_VORBIS, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
        const auto pcm = load_sound_file(write("a", format, 48000, 1, sine(700, 48000, 1)), why);
        ASSERT_TRUE(pcm) << why;
        EXPECT_GT(share_at(*pcm, 700), 0.95);
    }
}

TEST_F(SoundFile, MixesChannelsDown) {
    const auto one = sine(700, 16000, 1);
    std::vector<float> both;
    for (const float sample : one) {
        both.push_back(sample);
        both.push_back(0);
    }
    const auto pcm = load_sound_file(write("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 2, both), why);
    ASSERT_TRUE(pcm) << why;
    EXPECT_NEAR(rms(*pcm), 0.25 * 32767 / std::sqrt(2.0), 200);
}

TEST_F(SoundFile, NamesAFileThatIsNotThere) {
    EXPECT_FALSE(load_sound_file(folder / "none.wav", why));
    EXPECT_EQ(why, "cannot open " + (folder / "none.wav").string() + ": No such file or directory");
}

TEST_F(SoundFile, NamesAFileThatIsNoSound) {
    const std::string path = folder / "text.wav";
    std::ofstream{path} << "this is not a sound file, whatever its name says";
    EXPECT_FALSE(load_sound_file(path, why));
    EXPECT_EQ(why.find("cannot open " + path + ": "), 0U) << why;
}

TEST_F(SoundFile, NamesAFileWithoutASample) {
    const auto path = write("empty.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, {});
    EXPECT_FALSE(load_sound_file(path, why));
    EXPECT_EQ(why, "cannot use " + path + ": it holds no sound");
}

TEST_F(SoundFile, RefusesMoreThanTenMinutes) {
    const std::vector<float> ten_minutes(600U * 8000);
    const auto path = write("long.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1, ten_minutes);
    EXPECT_TRUE(load_sound_file(path, why)) << why;
    std::vector<float> longer = ten_minutes;
    longer.push_back(0);
    write("long.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1, longer);
    EXPECT_FALSE(load_sound_file(path, why));
    EXPECT_EQ(why, "cannot use " + path + ": it is longer than 10 minutes");
}

TEST_F(SoundFile, RefusesMoreChannelsThanTheLimit) {
    const auto most = write("many.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, max_sound_channels,
                            std::vector<float>(static_cast<std::size_t>(max_sound_channels) * 100));
    EXPECT_TRUE(load_sound_file(most, why)) << why;
    const auto more = write("more.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, max_sound_channels + 1,
                            std::vector<float>(static_cast<std::size_t>(max_sound_channels + 1) * 100));
    EXPECT_FALSE(load_sound_file(more, why));
    EXPECT_EQ(why, "cannot use " + more + ": 17 channels, at most 16 are read");
}

TEST_F(SoundFile, RefusesASampleRateThatNobodyUses) {
    const auto path = write("slow.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 999, 1, std::vector<float>(100));
    EXPECT_FALSE(load_sound_file(path, why));
    EXPECT_EQ(why, "cannot use " + path + ": a sample rate of 999 Hz is not supported");
}

}  // namespace
}  // namespace media::test
