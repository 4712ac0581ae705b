// Several lines of one kind of a browser are one stream: SIP.js before 0.20 adds a line with each new track, plays what
// comes on the one it played before, and may speak on another. Which lines belong to another one stands in our own
// description: they have no source of ours (a=ssrc). Nobody else's lines are looked at but the stream's own. Pure
// functions over descriptions. Leaves out: a second picture beside the camera's.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sip/sdp/direction.hpp"
#include "sip/sdp/session.hpp"

namespace server {

// The other live lines of the stream of `line`, in a description of either side. `ours`: what we said last; null:
// nothing yet, or there is but one stream of its kind, as of audio.
std::vector<std::size_t> siblings(const sip::sdp::Session& session, std::size_t line, const sip::sdp::Session* ours);
// All that the sender of this description does on the lines of one stream.
sip::sdp::Direction whole_direction(const sip::sdp::Session& session, std::size_t slot, const sip::sdp::Session* ours);
inline sip::sdp::Direction audio_direction(const sip::sdp::Session& session, std::size_t slot) {
    return whole_direction(session, slot, nullptr);
}

struct LineShare {
    std::size_t index;
    sip::sdp::Direction direction;  // ours
    friend bool operator==(const LineShare&, const LineShare&) = default;
};
// The slot's line first. Our answer to `offer`: what we may do in all, `ours`, is divided so that nothing is sent or
// heard twice: the slot's line plays, if it may, and one that sends is heard. `told`: what we said last.
std::vector<LineShare> split_answer(const sip::sdp::Session& offer, std::size_t slot, sip::sdp::Direction ours,
                                    const sip::sdp::Session* told = nullptr);
// The same of an offer, whose lines are those of `told`, what we said last; the peer speaks on `speaks_on`.
std::vector<LineShare> split_offer(const sip::sdp::Session* told, std::size_t slot,
                                   std::optional<std::size_t> speaks_on, sip::sdp::Direction ours);

}  // namespace server
