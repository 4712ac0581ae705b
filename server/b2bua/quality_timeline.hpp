// How a call fared, from its beginning to now, in bounded room: samples of a second at first; whenever they are too
// many, pairs become one and each is of twice the time.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/time.hpp"
#include "server/b2bua/quality_sample.hpp"

namespace server {

class QualityTimeline {
public:
    static constexpr std::size_t max_samples = 120;
    static constexpr base::Duration first_interval = std::chrono::seconds{1};

    struct Pair {
        QualitySample a;
        QualitySample b;
    };

    // Of about the last `first_interval`, which ends at `now`. Where more of it has gone by since the one before, the
    // time between counts as one without a packet.
    void add(base::Instant now, const Pair& latest);

    base::Instant from() const { return from_; }  // where the first begins
    base::Duration interval() const { return interval_; }
    // The last may be of a shorter time: it is not over yet.
    std::vector<Pair> samples() const;

private:
    void append(const Pair& second);
    void halve();

    base::Instant from_{};
    base::Instant last_{};
    base::Duration interval_ = first_interval;
    std::vector<Pair> samples_;
    Pair growing_;           // the one that is not over
    std::size_t grown_ = 0;  // how many of first_interval it has
    std::size_t full_ = 1;   // of how many it is one
};

}  // namespace server
