#include "server/b2bua/ended_calls.hpp"

#include <algorithm>
#include <utility>

namespace server {
namespace {

std::size_t memory_of(const LadderView& ladder) {
    std::size_t bytes = sizeof ladder + ladder.entries.capacity() * sizeof(RecordEntry);
    for (const auto* text : {&ladder.id, &ladder.state, &ladder.from, &ladder.to, &ladder.route}) {
        bytes += text->capacity();
    }
    for (const RecordEntry& entry : ladder.entries) { bytes += entry.words.capacity(); }
    return bytes;
}

std::size_t memory_of(const TimelineView& timeline) {
    return sizeof timeline + timeline.samples.capacity() * sizeof(QualityTimeline::Pair);
}

}  // namespace

void EndedCalls::add(LadderView ladder, TimelineView timeline) {
    const std::size_t bytes = memory_of(ladder) + memory_of(timeline);
    bytes_ += bytes;
    ended_.push_back({std::move(ladder), std::move(timeline), bytes});
    while (ended_.size() > max_calls || bytes_ > max_bytes) {
        bytes_ -= ended_.front().bytes;
        ended_.pop_front();
    }
}

const EndedCalls::Ended* EndedCalls::find_ended(std::string_view id) const {
    const auto found =
        std::find_if(ended_.rbegin(), ended_.rend(), [&](const Ended& of) { return of.ladder.id == id; });
    return found == ended_.rend() ? nullptr : &*found;
}

const LadderView* EndedCalls::find(std::string_view id) const {
    const Ended* const found = find_ended(id);
    return found == nullptr ? nullptr : &found->ladder;
}

const TimelineView* EndedCalls::find_timeline(std::string_view id) const {
    const Ended* const found = find_ended(id);
    return found == nullptr ? nullptr : &found->timeline;
}

}  // namespace server
