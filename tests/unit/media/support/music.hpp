// A call with a tune to play, and what tests ask about music: which frames left, which events came.
#pragma once

#include <vector>

#include "tests/unit/media/support/call.hpp"

namespace media::test {

// The first byte of each payload: the frames of short_tune() are told apart by it.
inline std::vector<unsigned> marks(const std::vector<Sent>& sent) {
    std::vector<unsigned> out;
    for (const Sent& one : sent) { out.push_back(std::to_integer<unsigned>(one.payload().at(0))); }
    return out;
}

class MusicTest : public CallTest {
protected:
    using Kind = EngineEvent::Kind;
    using Kinds = std::vector<Kind>;
    Kinds kinds() {
        Kinds out;
        for (const EngineEvent& event : events()) { out.push_back(event.kind); }
        return out;
    }
    // Leg a speaks.
    void talk(Talker& talker, base::Duration time) {
        for (base::Duration passed{}; passed < time; passed += milliseconds{20}) {
            from_a(talker.packet());
            run(milliseconds{20});
        }
    }
    SharedTune tune = short_tune();
};

}  // namespace media::test
