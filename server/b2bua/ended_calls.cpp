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

std::vector<CallKey> EndedCalls::add(LadderView ladder, TimelineView timeline, KeptMessages messages) {
    const std::size_t bytes = memory_of(ladder) + memory_of(timeline) + messages.bytes;
    bytes_ += bytes;
    ended_.push_back({std::move(ladder), std::move(timeline), messages.call, bytes});
    std::vector<CallKey> gone;
    while (ended_.size() > max_calls || bytes_ > max_bytes) {
        bytes_ -= ended_.front().bytes;
        gone.push_back(ended_.front().call);
        ended_.pop_front();
    }
    return gone;
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

CallKey EndedCalls::key_of(std::string_view id) const {
    const Ended* const found = find_ended(id);
    return found == nullptr ? CallKey{} : found->call;
}

}  // namespace server
