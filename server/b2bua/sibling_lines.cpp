#include "server/b2bua/sibling_lines.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "server/b2bua/line_webrtc.hpp"

namespace server {
namespace {

using sip::sdp::Direction;
using sip::sdp::Session;

// By our own description. One that it has not yet is new.
bool has_source(const Session* ours, std::size_t line) {
    return ours != nullptr && line < ours->media.size() && ours->media[line].attribute("ssrc") != nullptr;
}

Direction unite(Direction a, Direction b) {
    return sip::sdp::make_direction(sip::sdp::sends(a) || sip::sdp::sends(b),
                                    sip::sdp::receives(a) || sip::sdp::receives(b));
}

}  // namespace

std::vector<std::size_t> siblings(const Session& session, std::size_t line, const Session* ours) {
    std::vector<std::size_t> out;
    if (line >= session.media.size() || !is_bundled(session.media[line])) { return out; }
    for (std::size_t i = 0; i < session.media.size(); ++i) {
        const auto& other = session.media[i];
        const bool is_same = base::iequals(other.kind, session.media[line].kind) && is_bundled(other);
        if (i != line && is_same && !other.is_disabled() && !has_source(ours, i)) { out.push_back(i); }
    }
    return out;
}

Direction whole_direction(const Session& session, std::size_t slot, const Session* ours) {
    const auto of = [&](std::size_t index) {
        const auto& line = session.media[index];
        return line.is_disabled() ? Direction::inactive : sip::sdp::direction_of(session, line);
    };
    if (slot >= session.media.size()) { return Direction::inactive; }
    Direction all = of(slot);
    for (const std::size_t index : siblings(session, slot, ours)) { all = unite(all, of(index)); }
    return all;
}

std::vector<LineShare> split_answer(const Session& offer, std::size_t slot, Direction ours, const Session* told) {
    const auto theirs = [&](std::size_t index) { return sip::sdp::direction_of(offer, offer.media[index]); };
    const auto others = siblings(offer, slot, told);
    std::vector<std::size_t> all{slot};
    all.insert(all.end(), others.begin(), others.end());
    // A microphone may be on several lines at once; of a camera the last line is the one that was added for it.
    if (!base::iequals(offer.media[slot].kind, "audio")) { std::reverse(all.begin(), all.end()); }
    const auto speaks =
        std::find_if(all.begin(), all.end(), [&](auto index) { return sip::sdp::sends(theirs(index)); });
    const bool hears = sip::sdp::receives(theirs(slot));
    std::vector<LineShare> lines;
    bool sends = sip::sdp::sends(ours);
    const auto add = [&](std::size_t index) {
        const bool heard = sip::sdp::receives(ours) && speaks != all.end() && *speaks == index;
        const bool sent = sends && sip::sdp::receives(theirs(index)) && (index == slot || !hears);
        sends = sends && !sent;
        lines.push_back({index, sip::sdp::make_direction(sent, heard)});
    };
    add(slot);
    for (const std::size_t index : others) { add(index); }
    return lines;
}

std::vector<LineShare> split_offer(const Session* told, std::size_t slot, std::optional<std::size_t> speaks_on,
                                   Direction ours) {
    const auto others = told == nullptr ? std::vector<std::size_t>{} : siblings(*told, slot, told);
    const bool elsewhere = speaks_on && std::find(others.begin(), others.end(), *speaks_on) != others.end();
    const bool receives = sip::sdp::receives(ours);
    std::vector<LineShare> lines{{slot, sip::sdp::make_direction(sip::sdp::sends(ours), receives && !elsewhere)}};
    for (const std::size_t index : others) {
        lines.push_back({index, sip::sdp::make_direction(false, receives && index == speaks_on)});
    }
    return lines;
}

}  // namespace server
