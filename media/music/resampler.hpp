// Any sample rate to 8 kHz, mono: a Kaiser-windowed sinc, evaluated at exact rational positions, in one stream of
// blocks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "media/music/encoded_cache.hpp"

namespace media {

class Resampler {
public:
    static constexpr std::uint32_t min_rate_hz = 1000;
    static constexpr std::uint32_t max_rate_hz = 384000;

    // `from_hz` within the limits above.
    explicit Resampler(std::uint32_t from_hz);

    // Samples are -1 to 1; what can be computed so far is appended to `out`.
    void push(std::span<const float> block, std::vector<float>& out);
    // The rest, as if silence followed.
    void finish(std::vector<float>& out);

private:
    double kernel(double distance) const;
    void emit(std::vector<float>& out);

    std::uint32_t from_hz_;
    double cutoff_;                    // of the input's Nyquist frequency
    std::size_t reach_;                // input samples on each side of an output sample
    std::vector<float> table_;         // the kernel from its middle to its end
    std::vector<float> history_;       // input from `history_start_` on
    std::uint64_t history_start_ = 0;  // counted with `reach_` zeros before the first sample
    std::uint64_t produced_ = 0;
    std::uint64_t received_ = 0;
};

}  // namespace media
