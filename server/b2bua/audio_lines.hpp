// Several audio lines of a browser are one slot: SIP.js before 0.20 adds a line with each new stream, plays what comes
// on the one it played before, and may speak on another. Nobody else's lines are looked at but the slot's own. Pure
// functions over descriptions.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sip/sdp/direction.hpp"
#include "sip/sdp/session.hpp"

namespace server {

// All that the sender of this description does on the audio lines of which `slot` is one.
sip::sdp::Direction audio_direction(const sip::sdp::Session& session, std::size_t slot);

struct AudioLine {
    std::size_t index;
    sip::sdp::Direction direction;  // ours
    friend bool operator==(const AudioLine&, const AudioLine&) = default;
};
// The slot's line first. Our answer to `offer`: what we may do in all, `ours`, goes to the slot's line as far as that
// allows it, the rest to the first other one that does: no line's sound is heard twice.
std::vector<AudioLine> split_answer(const sip::sdp::Session& offer, std::size_t slot, sip::sdp::Direction ours);
// The same of an offer, whose lines are those of `told`, what we said last; the peer speaks on `speaks_on`.
std::vector<AudioLine> split_offer(const sip::sdp::Session* told, std::size_t slot,
                                   std::optional<std::size_t> speaks_on, sip::sdp::Direction ours);

}  // namespace server
