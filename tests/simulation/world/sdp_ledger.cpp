#include "tests/simulation/world/sdp_ledger.hpp"

#include <utility>

namespace simulation {

std::string SdpLedger::check(std::string_view sdp, std::string_view offer) {
    const auto view = read(sdp);
    if (!view) { return "unreadable"; }
    std::string wrong;
    const std::string text = without_version(sdp);
    if (last_) {
        const bool same = text == last_text_;
        if (same && view->version != last_->version) { wrong += "o= rose without a change; "; }
        if (!same && view->version != last_->version + 1) {
            wrong += "o= went from " + std::to_string(last_->version) + " to " + std::to_string(view->version) +
                     " with a change; ";
        }
        if (view->session_id != last_->session_id) { wrong += "another session id; "; }
    }
    wrong += changed_lines(*view, offer);
    if (view->enabled) { wrong += changed_meanings(0, view->payloads); }
    for (std::size_t i = 0; i < view->further.size(); ++i) {
        if (view->further[i].enabled) { wrong += changed_meanings(i + 1, view->further[i].payloads); }
    }
    lines_before_ = std::exchange(lines_, view->lines);
    last_ = view;
    last_text_ = text;
    return wrong;
}

// A peer that never took the lines we had added to an offer makes one without them: the answer has its lines.
std::string SdpLedger::changed_lines(const View& view, std::string_view offer) const {
    const auto asked = read(offer);
    if (asked) { return view.lines == asked->lines ? "" : "other m-lines than in the offer; "; }
    return view.lines < lines_ ? "fewer m-lines; " : "";
}

// What a payload number means, for as long as the dialog lasts (RFC 3264 §8.3.2).
std::string SdpLedger::changed_meanings(std::size_t line, const std::vector<Payload>& payloads) {
    std::string wrong;
    for (const Payload& payload : payloads) {
        const auto [known, is_new] = meaning_.try_emplace({line, payload.number}, payload.encoding);
        if (is_new || known->second == payload.encoding) { continue; }
        wrong +=
            "payload " + std::to_string(payload.number) + " was " + known->second + ", is " + payload.encoding + "; ";
    }
    return wrong;
}

}  // namespace simulation
