// How loud one frequency is in a piece of sound (Goertzel), against all of it.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>

namespace media::test {

inline double energy(std::span<const std::int16_t> samples) {
    double sum = 0;
    for (const std::int16_t sample : samples) { sum += static_cast<double>(sample) * sample; }
    return sum;
}

inline double rms(std::span<const std::int16_t> samples) {
    return std::sqrt(energy(samples) / static_cast<double>(samples.size()));
}

// The share of the energy that a sine of `hertz` explains: 1 for that very sine, 0 for none of it.
inline double share_at(std::span<const std::int16_t> samples, double hertz, double rate = 8000) {
    const double step = 2 * std::numbers::pi * hertz / rate;
    double real = 0;
    double imaginary = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        real += samples[i] * std::cos(step * static_cast<double>(i));
        imaginary += samples[i] * std::sin(step * static_cast<double>(i));
    }
    const double all = energy(samples) * static_cast<double>(samples.size()) / 2;
    return all == 0 ? 0 : (real * real + imaginary * imaginary) / all;
}

}  // namespace media::test
