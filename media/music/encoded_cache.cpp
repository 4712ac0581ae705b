#include "media/music/encoded_cache.hpp"

#include <algorithm>
#include <cassert>

#include "media/music/builtin_tune.hpp"

namespace media {

namespace {

constexpr std::size_t whole_frames(std::size_t samples) {
    return std::max<std::size_t>(1, (samples + frame_samples - 1) / frame_samples);
}

template <class Encode>
std::vector<std::byte> encode(const Pcm& samples, Encode encode_sample) {
    std::vector<std::byte> coded(whole_frames(samples.size()) * frame_samples, encode_sample(std::int16_t{0}));
    std::transform(samples.begin(), samples.end(), coded.begin(), encode_sample);
    return coded;
}

}  // namespace

EncodedTune::EncodedTune(const Pcm& samples)
    : pcmu_{encode(samples, encode_ulaw)}, pcma_{encode(samples, encode_alaw)} {}

EncodedTune::EncodedTune(std::vector<std::byte> pcmu, std::vector<std::byte> pcma)
    : pcmu_{std::move(pcmu)}, pcma_{std::move(pcma)} {
    assert(pcmu_.size() == pcma_.size() && !pcmu_.empty() && pcmu_.size() % frame_samples == 0);
}

std::span<const std::byte> EncodedTune::frame(Codec codec, std::uint64_t index) const {
    const std::vector<std::byte>& coded = codec == Codec::pcma ? pcma_ : pcmu_;
    return std::span{coded}.subspan(index % frames() * frame_samples, frame_samples);
}

MusicLibrary::MusicLibrary() { add("", std::make_shared<const EncodedTune>(compose_builtin_tune())); }

void MusicLibrary::add(const std::string& name, SharedTune tune) { tunes_[name] = std::move(tune); }

SharedTune MusicLibrary::find(const std::string& name) const {
    const auto found = tunes_.find(name);
    return found == tunes_.end() ? tunes_.at("") : found->second;
}

}  // namespace media
