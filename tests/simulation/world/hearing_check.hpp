// Invariant F.4, judged after a run from what each phone heard and what both believed at the time: in quiet stretches a
// phone that may hear hears the other, or music while the other is not to be heard; never both, never anybody else.
#pragma once

#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/world/inspector.hpp"

namespace simulation {

class HearingCheck {
public:
    HearingCheck(const Inspector& inspector, Trace& trace, Duration allowed_gap)
        : inspector_{inspector}, trace_{trace}, allowed_gap_{allowed_gap} {}

    void listener(const Phone& phone, const Phone& other) const;

private:
    // A stretch in which nothing changed on either side.
    struct Stretch {
        Instant from;
        Instant to;
        Phone::Moment mine;
        Phone::Moment theirs;
    };
    std::vector<Stretch> stretches(const Phone& phone, const Phone& other) const;
    void judge(const Phone& phone, const Phone& other, const Stretch& stretch) const;
    void strangers(const Phone& phone, const Phone& other) const;
    bool is_busy(const Phone& phone, Instant at) const;

    const Inspector& inspector_;
    Trace& trace_;
    Duration allowed_gap_;
};

}  // namespace simulation
