#include "server/b2bua/audio_lines.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "server/b2bua/line_webrtc.hpp"

namespace server {
namespace {

using sip::sdp::Direction;
using sip::sdp::Session;

// The live audio lines of a browser beside its slot's.
std::vector<std::size_t> siblings(const Session& session, std::size_t slot) {
    std::vector<std::size_t> out;
    if (slot >= session.media.size() || !is_bundled(session.media[slot])) { return out; }
    for (std::size_t i = 0; i < session.media.size(); ++i) {
        const auto& line = session.media[i];
        const bool is_audio = base::iequals(line.kind, "audio") && is_bundled(line) && !line.is_disabled();
        if (i != slot && is_audio) { out.push_back(i); }
    }
    return out;
}

Direction unite(Direction a, Direction b) {
    return sip::sdp::make_direction(sip::sdp::sends(a) || sip::sdp::sends(b),
                                    sip::sdp::receives(a) || sip::sdp::receives(b));
}

}  // namespace

Direction audio_direction(const Session& session, std::size_t slot) {
    const auto of = [&](std::size_t index) {
        const auto& line = session.media[index];
        return line.is_disabled() ? Direction::inactive : sip::sdp::direction_of(session, line);
    };
    if (slot >= session.media.size()) { return Direction::inactive; }
    Direction all = of(slot);
    for (const std::size_t index : siblings(session, slot)) { all = unite(all, of(index)); }
    return all;
}

std::vector<AudioLine> split_answer(const Session& offer, std::size_t slot, Direction ours) {
    const auto allowed = [&](std::size_t index) {
        return sip::sdp::reverse(sip::sdp::direction_of(offer, offer.media[index]));
    };
    std::vector<AudioLine> lines{{slot, sip::sdp::intersect(ours, allowed(slot))}};
    bool sends = sip::sdp::sends(ours) && !sip::sdp::sends(lines.front().direction);
    bool receives = sip::sdp::receives(ours) && !sip::sdp::receives(lines.front().direction);
    for (const std::size_t index : siblings(offer, slot)) {
        const Direction rest = sip::sdp::intersect(sip::sdp::make_direction(sends, receives), allowed(index));
        sends = sends && !sip::sdp::sends(rest);
        receives = receives && !sip::sdp::receives(rest);
        lines.push_back({index, rest});
    }
    return lines;
}

std::vector<AudioLine> split_offer(const Session* told, std::size_t slot, std::optional<std::size_t> speaks_on,
                                   Direction ours) {
    const auto others = told == nullptr ? std::vector<std::size_t>{} : siblings(*told, slot);
    const bool elsewhere = speaks_on && std::find(others.begin(), others.end(), *speaks_on) != others.end();
    const bool receives = sip::sdp::receives(ours);
    std::vector<AudioLine> lines{{slot, sip::sdp::make_direction(sip::sdp::sends(ours), receives && !elsewhere)}};
    for (const std::size_t index : others) {
        lines.push_back({index, sip::sdp::make_direction(false, receives && index == speaks_on)});
    }
    return lines;
}

}  // namespace server
