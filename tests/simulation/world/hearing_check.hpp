// Invariant F.4, judged after a run from what each phone heard and what both believed at the time: in quiet stretches a
// phone that may hear hears the other, or music while the other is not to be heard; never both, never anybody else.
#pragma once

#include "config/config.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/world/inspector.hpp"

namespace simulation {

class HearingCheck {
public:
    struct Rules {
        Duration allowed_gap;
        Duration settling;  // after a change, before the ear is judged
        config::HoldWhen music;
    };
    HearingCheck(const Inspector& inspector, Trace& trace, const Rules& rules)
        : inspector_{inspector}, trace_{trace}, rules_{rules} {}

    void listener(const Phone& phone, const Phone& other) const;

private:
    // A stretch in which nothing changed on either side.
    struct Stretch {
        Instant from;
        Instant to;
        Moment mine;
        Moment theirs;
    };
    std::vector<Stretch> stretches(const Phone& phone, const Phone& other) const;
    struct Expected {
        bool voice;
        bool music;
    };
    Expected expected(const Stretch& stretch) const;
    void judge(const Phone& phone, const Phone& other, const Stretch& stretch) const;
    void judge_sounds(const Phone& phone, const Phone& other, const Stretch& stretch) const;
    void complain(std::string_view rule, const Phone& phone, const Stretch& stretch, const std::string& text) const;
    void strangers(const Phone& phone, const Phone& other) const;
    bool is_busy(const Phone& phone, Instant at) const;

    const Inspector& inspector_;
    Trace& trace_;
    Rules rules_;
};

}  // namespace simulation
