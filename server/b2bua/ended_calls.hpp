// The ladders of the calls that ended last, for whoever asks why once it is over. Bounded in count and bytes.
#pragma once

#include <deque>
#include <string_view>

#include "server/b2bua/ladder_view.hpp"

namespace server {

class EndedCalls {
public:
    static constexpr std::size_t max_calls = 1000;
    static constexpr std::size_t max_bytes = 8 * 1024 * 1024;

    void add(LadderView ladder);
    // Null: never seen, or gone. Valid until the next add().
    const LadderView* find(std::string_view id) const;
    std::size_t size() const { return ended_.size(); }
    std::size_t bytes() const { return bytes_; }

private:
    struct Ended {
        LadderView ladder;
        std::size_t bytes;
    };
    std::deque<Ended> ended_;  // the latest last
    std::size_t bytes_ = 0;
};

}  // namespace server
