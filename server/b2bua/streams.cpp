#include "server/b2bua/streams.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "server/b2bua/line_webrtc.hpp"

namespace server {

Stream* Streams::find(Side side, std::size_t line) {
    const auto found = std::find_if(streams_.begin(), streams_.end(),
                                    [=](const Stream& stream) { return stream.at(side).line == line; });
    return found == streams_.end() ? nullptr : &*found;
}

bool Streams::has_line_of(Side side, const std::string& kind) const {
    return std::any_of(streams_.begin(), streams_.end(),
                       [&](const Stream& stream) { return stream.kind == kind && stream.at(side).line; });
}

void Streams::take(Side side, const sip::sdp::Session& offer, std::optional<std::size_t> slot) {
    for (std::size_t line = 0; line < offer.media.size(); ++line) {
        if (line == slot || !is_stream(offer.media[line])) { continue; }
        const std::string kind = base::lower(offer.media[line].kind);
        Stream* known = find(side, line);
        if (known == nullptr && is_bundled(offer.media[line]) && has_line_of(side, kind)) {
            continue;
        }                        // a sibling of it
        if (known == nullptr) {  // one that the other peer wanted, and that never had a line here
            const auto half = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& stream) {
                return stream.kind == kind && !stream.at(side).line;
            });
            if (half != streams_.end()) { known = &*half; }
        }
        if (known == nullptr) {
            if (streams_.size() >= max_streams) { continue; }
            known = &streams_.emplace_back();
        }
        known->kind = kind;
        known->at(side).line = line;
    }
}

std::size_t Streams::place(Stream& stream, Side side, const std::optional<sip::sdp::Agreed>& agreed,
                           std::optional<std::size_t> slot) {
    const std::size_t known = agreed ? agreed->local.media.size() : 0;
    std::size_t line = 0;
    for (; line < known; ++line) {
        if (line == slot || !agreed->remote.media[line].is_disabled()) { continue; }
        Stream* const owner = find(side, line);
        if (owner != nullptr && !owner->is_declined()) { continue; }
        if (owner != nullptr) { owner->at(side).line.reset(); }
        break;
    }
    if (line == known) {
        line = std::max(known, slot ? *slot + 1 : 0);
        for (const Stream& other : streams_) {
            if (other.at(side).line) { line = std::max(line, *other.at(side).line + 1); }
        }
    }
    stream.at(side).line = line;
    return line;
}

void Streams::forget_from(Side side, std::size_t count) {
    for (Stream& stream : streams_) {
        auto& end = stream.at(side);
        if (end.line && *end.line >= count) { end.line.reset(); }
    }
}

void Streams::exchange(Side side, StreamFacets& facets) {
    facets.resize(streams_.size());
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        std::swap(streams_[i].at(side), facets[i].end);
        std::swap(streams_[i].numbers, facets[i].numbers);
    }
}

void Streams::drop_empty() {
    std::erase_if(streams_,
                  [](const Stream& stream) { return !stream.ends[0].line && !stream.ends[1].line && !stream.session; });
}

}  // namespace server
