#include "media/music/sound_file.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <system_error>

#include "media/music/resampler.hpp"

namespace media {

namespace {

constexpr sf_count_t block_frames = 4096;
constexpr std::size_t max_samples = static_cast<std::size_t>(max_sound_duration / frame_duration) * frame_samples;

using File = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

// The channels' mean.
void mix_down(const std::vector<float>& interleaved, std::size_t channels, std::vector<float>& mono) {
    for (std::size_t frame = 0; frame < mono.size(); ++frame) {
        float sum = 0;
        for (std::size_t channel = 0; channel < channels; ++channel) { sum += interleaved[frame * channels + channel]; }
        mono[frame] = sum / static_cast<float>(channels);
    }
}

Pcm to_pcm(const std::vector<float>& samples) {
    Pcm pcm(samples.size());
    std::transform(samples.begin(), samples.end(), pcm.begin(), [](float sample) {
        const float whole = std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
        return static_cast<std::int16_t>(std::lround(whole * 32767.0F));
    });
    return pcm;
}

std::string open_error() {
    if (sf_error(nullptr) == SF_ERR_SYSTEM) { return std::generic_category().message(errno); }
    return sf_strerror(nullptr);
}

std::string check(const SF_INFO& format) {
    if (format.channels < 1 || format.channels > max_sound_channels) {
        return std::to_string(format.channels) + " channels, at most " + std::to_string(max_sound_channels) +
               " are read";
    }
    const auto rate = static_cast<std::uint32_t>(std::max(0, format.samplerate));
    if (rate < Resampler::min_rate_hz || rate > Resampler::max_rate_hz) {
        return "a sample rate of " + std::to_string(format.samplerate) + " Hz is not supported";
    }
    return {};
}

// Stops one block past the limit.
std::vector<float> read_resampled(SNDFILE* file, const SF_INFO& format) {
    const auto channels = static_cast<std::size_t>(format.channels);
    Resampler resampler{static_cast<std::uint32_t>(format.samplerate)};
    std::vector<float> interleaved(static_cast<std::size_t>(block_frames) * channels);
    std::vector<float> mono;
    std::vector<float> out;
    for (sf_count_t count = 0; out.size() <= max_samples;) {
        count = sf_readf_float(file, interleaved.data(), block_frames);
        if (count <= 0) { break; }
        mono.resize(static_cast<std::size_t>(count));
        mix_down(interleaved, channels, mono);
        resampler.push(mono, out);
    }
    resampler.finish(out);
    return out;
}

}  // namespace

std::optional<Pcm> load_sound_file(const std::string& path, std::string& why) {
    SF_INFO format{};
    const File file{sf_open(path.c_str(), SFM_READ, &format), &sf_close};
    if (!file) {
        why = "cannot open " + path + ": " + open_error();
        return std::nullopt;
    }
    if (const std::string wrong = check(format); !wrong.empty()) {
        why = "cannot use " + path + ": " + wrong;
        return std::nullopt;
    }
    const std::vector<float> samples = read_resampled(file.get(), format);
    if (samples.empty()) {
        why = "cannot use " + path + ": it holds no sound";
        return std::nullopt;
    }
    if (samples.size() > max_samples) {
        why = "cannot use " + path + ": it is longer than 10 minutes";
        return std::nullopt;
    }
    return to_pcm(samples);
}

}  // namespace media
