// The ladders and timelines of the calls that ended last, and which of their messages are to be kept, for whoever asks
// why once it is over. Bounded in count and bytes.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "server/b2bua/call_key.hpp"
#include "server/b2bua/ladder_view.hpp"
#include "server/b2bua/timeline_view.hpp"

namespace server {

// What of a call is kept elsewhere, and counts against the bound.
struct KeptMessages {
    CallKey call;
    std::size_t bytes = 0;
};

class EndedCalls {
public:
    static constexpr std::size_t max_calls = 1000;
    static constexpr std::size_t max_bytes = 16 * 1024 * 1024;

    // Those that had to give way.
    std::vector<CallKey> add(LadderView ladder, TimelineView timeline = {}, KeptMessages messages = {});
    // Null: never seen, or gone. Valid until the next add().
    const LadderView* find(std::string_view id) const;
    const TimelineView* find_timeline(std::string_view id) const;
    CallKey key_of(std::string_view id) const;  // none: as above
    std::size_t size() const { return ended_.size(); }
    std::size_t bytes() const { return bytes_; }

private:
    struct Ended {
        LadderView ladder;
        TimelineView timeline;
        CallKey call;
        std::size_t bytes;
    };
    const Ended* find_ended(std::string_view id) const;

    std::deque<Ended> ended_;  // the latest last
    std::size_t bytes_ = 0;
};

}  // namespace server
