// Tunes encoded once: immutable 20 ms frames of both G.711 laws, shared by all calls and shards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "media/codec/g711.hpp"
#include "media/engine.hpp"

namespace media {

inline constexpr std::size_t frame_samples = 160;
inline constexpr base::Duration frame_duration = std::chrono::milliseconds{20};

// Mono, 16 bit, 8 kHz.
using Pcm = std::vector<std::int16_t>;

class EncodedTune {
public:
    // The last frame is filled up with silence. An empty tune becomes one silent frame.
    explicit EncodedTune(const Pcm& samples);
    // Coded already, both of the same whole number of frames.
    EncodedTune(std::vector<std::byte> pcmu, std::vector<std::byte> pcma);

    std::size_t frames() const { return pcmu_.size() / frame_samples; }
    // Frame `index` modulo frames(). `codec` is pcmu or pcma.
    std::span<const std::byte> frame(Codec codec, std::uint64_t index) const;
    base::Duration duration() const { return frame_duration * static_cast<std::int64_t>(frames()); }

private:
    std::vector<std::byte> pcmu_;
    std::vector<std::byte> pcma_;
};

using SharedTune = std::shared_ptr<const EncodedTune>;

// Immutable once built; handed out as std::shared_ptr<const MusicLibrary>.
class MusicLibrary {
public:
    // The default tune is the built-in one until "" is added.
    MusicLibrary();

    void add(const std::string& name, SharedTune tune);
    // The default for a name that is not here.
    SharedTune find(const std::string& name) const;

private:
    std::map<std::string, SharedTune> tunes_;
};

}  // namespace media
