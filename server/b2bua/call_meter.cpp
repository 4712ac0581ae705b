#include "server/b2bua/call_meter.hpp"

#include <algorithm>
#include <utility>

namespace server {

void CallMeter::OfLeg::note_codec(const std::string& codec) {
    const bool known = std::ranges::find(codecs, codec) != codecs.end();
    if (!codec.empty() && !known && codecs.size() < max_codecs) { codecs.push_back(codec); }
}

void CallMeter::note_end(std::string_view who, std::string cause) {
    if (!ended_by_.empty()) { return; }
    ended_by_ = who;
    cause_ = std::move(cause);
}

bool CallMeter::note_outcome(std::string_view outcome) {
    if (!outcome_.empty()) { return false; }
    outcome_ = outcome;
    return true;
}

}  // namespace server
