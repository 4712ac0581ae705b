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

}  // namespace

void EndedCalls::add(LadderView ladder) {
    const std::size_t bytes = memory_of(ladder);
    bytes_ += bytes;
    ended_.push_back({std::move(ladder), bytes});
    while (ended_.size() > max_calls || bytes_ > max_bytes) {
        bytes_ -= ended_.front().bytes;
        ended_.pop_front();
    }
}

const LadderView* EndedCalls::find(std::string_view id) const {
    const auto found =
        std::find_if(ended_.rbegin(), ended_.rend(), [&](const Ended& of) { return of.ladder.id == id; });
    return found == ended_.rend() ? nullptr : &found->ladder;
}

}  // namespace server
