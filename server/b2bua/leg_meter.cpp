#include "server/b2bua/leg_meter.hpp"

#include <algorithm>
#include <utility>

#include "media/quality/e_model.hpp"

namespace server {

namespace {

// Of counters that never go back as long as it is the same leg; lost may, when a packet comes late.
std::uint32_t grown(std::uint64_t now, std::uint64_t before) {
    return static_cast<std::uint32_t>(now > before ? now - before : 0);
}

base::Duration from_ms(double ms) {
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double, std::milli>{ms});
}

std::optional<base::Duration> round_trip_of(const media::LegCounts& counts) {
    return counts.rtt_ms ? std::optional{from_ms(*counts.rtt_ms)} : std::nullopt;
}

// Nothing that came says nothing about how it sounds.
std::optional<double> opinion_of(const LegReading& reading, std::uint64_t packets, std::uint64_t lost) {
    const auto codec = reading.codec ? media::impairment_of(*reading.codec) : std::nullopt;
    if (!codec || packets == 0) { return std::nullopt; }
    const double loss = static_cast<double>(lost) / static_cast<double>(packets + lost);
    const auto delay = media::mouth_to_ear(round_trip_of(reading.counts), from_ms(reading.counts.jitter_ms));
    return media::mean_opinion(media::rating({*codec, loss, delay}));
}

}  // namespace

QualitySample LegMeter::read(base::Instant now, const LegReading& reading) {
    if (reading.who != std::exchange(who_, reading.who)) { before_ = {}; }
    QualitySample sample;
    sample.packets_in = grown(reading.counts.packets_in, before_.packets_in);
    sample.packets_out = grown(reading.counts.packets_out, before_.packets_out);
    sample.lost = grown(reading.counts.lost, before_.lost);
    before_ = reading.counts;
    if (reading.counts.packets_in != 0) { sample.jitter_ms = decltype(sample.jitter_ms){reading.counts.jitter_ms}; }
    sample.round_trip_ms = decltype(sample.round_trip_ms){reading.counts.rtt_ms};
    const auto opinion = opinion_of(reading, sample.packets_in, sample.lost);
    if (opinion) { mean_opinion_ = opinion; }
    sample.mean_opinion = decltype(sample.mean_opinion){opinion};
    sample.codec = reading.codec;
    sample.direction = reading.direction;
    sample.hold = reading.hold;
    sample.music = reading.counts.music;
    is_heard_ = sample.packets_in != 0;
    if (!reading.is_to_send) { awaited_since_.reset(); }
    if (reading.is_to_send && (is_heard_ || !awaited_since_)) { awaited_since_ = now; }
    observe(reading, sample);
    return sample;
}

QualitySample LegMeter::read_nothing() {
    window_ = {};
    awaited_since_.reset();
    is_heard_ = false;
    return {};
}

void LegMeter::observe(const LegReading& reading, const QualitySample& sample) {
    window_.packets += sample.packets_in;
    window_.lost += sample.lost;
    if (++window_.readings < readings_observed) { return; }
    const Window window = std::exchange(window_, {});
    if (window.packets == 0) { return; }
    observation_ = HeardLately{from_ms(reading.counts.jitter_ms), round_trip_of(reading.counts),
                               opinion_of(reading, window.packets, window.lost)};
}

std::optional<HeardLately> LegMeter::take_observation() { return std::exchange(observation_, std::nullopt); }

}  // namespace server
