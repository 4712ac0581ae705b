#include "media/music/resampler.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace media {

namespace {

constexpr double zero_crossings = 24;  // on each side
constexpr double passband = 0.92;      // of 4 kHz: the window's slope ends where aliases would begin to be heard
constexpr double kaiser_beta = 8;      // stopband below -80 dB
constexpr std::size_t steps = 256;     // table entries for each input sample of the kernel

// Modified Bessel function of the first kind, order 0.
double bessel_i0(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; k < 40; ++k) {
        term *= (x / 2 / k) * (x / 2 / k);
        sum += term;
    }
    return sum;
}

double sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

}  // namespace

Resampler::Resampler(std::uint32_t from_hz)
    : from_hz_{from_hz},
      cutoff_{passband * std::min(1.0, static_cast<double>(sample_rate_hz) / from_hz)},
      reach_{static_cast<std::size_t>(std::ceil(zero_crossings / cutoff_))},
      table_(reach_ * steps + 2),
      history_(reach_, 0.0F) {
    assert(from_hz >= min_rate_hz && from_hz <= max_rate_hz);
    for (std::size_t i = 0; i < table_.size(); ++i) {
        const double x = static_cast<double>(i) / steps;
        const double edge = std::min(1.0, x / static_cast<double>(reach_));
        const double window = bessel_i0(kaiser_beta * std::sqrt(1 - edge * edge)) / bessel_i0(kaiser_beta);
        table_[i] = static_cast<float>(cutoff_ * sinc(cutoff_ * x) * window);
    }
}

void Resampler::push(std::span<const float> block, std::vector<float>& out) {
    if (from_hz_ == sample_rate_hz) {
        out.insert(out.end(), block.begin(), block.end());
        return;
    }
    history_.insert(history_.end(), block.begin(), block.end());
    received_ += block.size();
    emit(out);
}

void Resampler::finish(std::vector<float>& out) {
    if (from_hz_ == sample_rate_hz) { return; }
    history_.insert(history_.end(), reach_ + 1, 0.0F);
    const std::uint64_t wanted = (received_ * sample_rate_hz + from_hz_ - 1) / from_hz_;
    emit(out);
    if (produced_ > wanted) { out.resize(out.size() - (produced_ - wanted)); }
}

double Resampler::kernel(double distance) const {
    const double position = std::abs(distance) * steps;
    const auto index = static_cast<std::size_t>(position);
    if (index + 1 >= table_.size()) { return 0; }
    const double share = position - static_cast<double>(index);
    return table_[index] * (1 - share) + table_[index + 1] * share;
}

void Resampler::emit(std::vector<float>& out) {
    for (;; ++produced_) {
        // Output n lies at input n · from / 8000, which is `whole` and a fraction; history is `reach_` ahead of it.
        const std::uint64_t numerator = produced_ * from_hz_;
        const std::uint64_t whole = numerator / sample_rate_hz;
        const double fraction = static_cast<double>(numerator % sample_rate_hz) / sample_rate_hz;
        const std::size_t first = static_cast<std::size_t>(whole - history_start_);
        if (first + 2 * reach_ + 1 > history_.size()) { break; }
        double sum = 0;
        for (std::size_t i = 0; i <= 2 * reach_; ++i) {
            sum += history_[first + i] * kernel(static_cast<double>(i) - static_cast<double>(reach_) - fraction);
        }
        out.push_back(static_cast<float>(sum));
    }
    const std::uint64_t needed = produced_ * from_hz_ / sample_rate_hz;
    const std::size_t done = std::min<std::size_t>(static_cast<std::size_t>(needed - history_start_), history_.size());
    history_.erase(history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(done));
    history_start_ += done;
}

}  // namespace media
