// How one leg fared for a while, as small as may be: a call keeps hundreds of them.
#pragma once

#include <cstdint>
#include <optional>

#include "media/engine.hpp"
#include "sip/sdp/direction.hpp"

namespace server {

// A measure in steps of 1/`scale`, or nothing.
template <unsigned scale>
class SmallMeasure {
public:
    SmallMeasure() = default;
    explicit SmallMeasure(std::optional<double> value) {
        if (!value || !(*value >= 0)) { return; }
        const double steps = *value * scale + 0.5;
        steps_ = steps < most ? static_cast<std::uint16_t>(steps) : most;
    }
    std::optional<double> value() const {
        return steps_ == nothing ? std::nullopt : std::optional{static_cast<double>(steps_) / scale};
    }
    // Of two times that are equally long.
    static SmallMeasure mean(SmallMeasure a, SmallMeasure b) {
        if (!a.value()) { return b; }
        return b.value() ? SmallMeasure{(*a.value() + *b.value()) / 2} : a;
    }
    friend bool operator==(SmallMeasure, SmallMeasure) = default;

private:
    static constexpr std::uint16_t nothing = 0xffff;
    static constexpr std::uint16_t most = 0xfffe;
    std::uint16_t steps_ = nothing;
};

struct QualitySample {
    std::uint32_t packets_in = 0;
    std::uint32_t packets_out = 0;
    std::uint32_t lost = 0;           // of what its peer sent
    SmallMeasure<10> jitter_ms;       // of the same
    SmallMeasure<10> round_trip_ms;   // as far as its peer reports
    SmallMeasure<1000> mean_opinion;  // how its peer is heard
    std::optional<media::Codec> codec;
    std::optional<sip::sdp::Direction> direction;  // ours; nullopt: there was no such leg, or no media yet
    bool hold = false;                             // its peer held
    bool music = false;                            // it heard music
    friend bool operator==(const QualitySample&, const QualitySample&) = default;
};

// Both, one after the other, as one of twice the time.
inline QualitySample merged(const QualitySample& first, const QualitySample& second) {
    QualitySample both = second;
    both.packets_in += first.packets_in;
    both.packets_out += first.packets_out;
    both.lost += first.lost;
    both.jitter_ms = both.jitter_ms.mean(first.jitter_ms, second.jitter_ms);
    both.round_trip_ms = both.round_trip_ms.mean(first.round_trip_ms, second.round_trip_ms);
    both.mean_opinion = both.mean_opinion.mean(first.mean_opinion, second.mean_opinion);
    if (!both.codec) { both.codec = first.codec; }
    if (!both.direction) { both.direction = first.direction; }
    both.hold = first.hold || second.hold;
    both.music = first.music || second.music;
    return both;
}

}  // namespace server
