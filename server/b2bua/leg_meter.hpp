// From what is counted on one leg since it began to how it fared lately: a sample for each time that it is read, an
// observation for the histograms each few seconds, and whether its peer has fallen silent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "media/engine.hpp"
#include "server/b2bua/quality_sample.hpp"

namespace server {

// A leg as it is at the moment.
struct LegReading {
    std::size_t who = 0;  // another number: another peer, whose counts begin anew
    media::LegCounts counts;
    std::optional<media::Codec> codec;
    sip::sdp::Direction direction = sip::sdp::Direction::inactive;
    bool hold = false;
    bool is_to_send = false;  // its peer has agreed to send, and does not hold
};

// What the histograms of a trunk are told.
struct HeardLately {
    std::optional<base::Duration> jitter;
    std::optional<base::Duration> round_trip;
    std::optional<double> mean_opinion;
};

class LegMeter {
public:
    static constexpr unsigned readings_observed = 5;  // in one observation
    static constexpr base::Duration silence = std::chrono::seconds{10};

    QualitySample read(base::Instant now, const LegReading& reading);
    // There is no such leg, or it has no media.
    QualitySample read_nothing();

    // Once after each readings_observed of them in which something came.
    std::optional<HeardLately> take_observation();
    // Its peer is to send, and for so long nothing has come.
    bool is_silent(base::Instant now) const { return awaited_since_ && now - *awaited_since_ >= silence; }
    bool is_heard() const { return is_heard_; }                           // at the latest reading, something had come
    std::optional<double> mean_opinion() const { return mean_opinion_; }  // the latest that is known

private:
    struct Window {
        unsigned readings = 0;
        std::uint64_t packets = 0;
        std::uint64_t lost = 0;
    };
    void observe(const LegReading& reading, const QualitySample& sample);

    std::size_t who_ = 0;
    media::LegCounts before_;
    Window window_;
    std::optional<HeardLately> observation_;
    std::optional<base::Instant> awaited_since_;
    std::optional<double> mean_opinion_;
    bool is_heard_ = false;
};

}  // namespace server
