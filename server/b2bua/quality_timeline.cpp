#include "server/b2bua/quality_timeline.hpp"

namespace server {

namespace {

QualityTimeline::Pair both(const QualityTimeline::Pair& first, const QualityTimeline::Pair& second) {
    return {merged(first.a, second.a), merged(first.b, second.b)};
}

// What is known of a time in which nobody looked.
QualitySample unseen(const QualitySample& after) {
    QualitySample sample;
    sample.codec = after.codec;
    sample.direction = after.direction;
    sample.hold = after.hold;
    return sample;
}

}  // namespace

void QualityTimeline::add(base::Instant now, const Pair& latest) {
    if (from_ == base::Instant{}) {
        from_ = now - first_interval;
        last_ = from_;
    }
    const auto gone = (now - last_ + first_interval / 2) / first_interval;
    for (auto missed = gone - 1; missed > 0; --missed) { append({unseen(latest.a), unseen(latest.b)}); }
    append(latest);
    last_ = now;
}

void QualityTimeline::append(const Pair& second) {
    growing_ = grown_ == 0 ? second : both(growing_, second);
    if (++grown_ < full_) { return; }
    samples_.push_back(growing_);
    grown_ = 0;
    if (samples_.size() == max_samples) { halve(); }
}

void QualityTimeline::halve() {
    for (std::size_t i = 0; i < max_samples / 2; ++i) { samples_[i] = both(samples_[2 * i], samples_[2 * i + 1]); }
    samples_.resize(max_samples / 2);
    interval_ *= 2;
    full_ *= 2;
}

std::vector<QualityTimeline::Pair> QualityTimeline::samples() const {
    std::vector<Pair> all = samples_;
    if (grown_ != 0) { all.push_back(growing_); }
    return all;
}

}  // namespace server
