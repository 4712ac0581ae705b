// Which sessions are due: a heap whose entries go stale when a deadline moves. Unlike base::DeadlineQueue it keeps
// no table, so that music, which is due fifty times a second in each held call, allocates nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "media/engine.hpp"

namespace media {

class DueQueue {
public:
    struct Entry {
        base::Instant at;
        SessionId session;
    };

    void push(const Entry& entry) {
        heap_.push_back(entry);
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    base::Instant next() const { return heap_.empty() ? base::never : heap_.front().at; }
    // It is for the caller to see whether the entry still holds.
    std::optional<Entry> pop_due(base::Instant now) {
        if (next() > now || heap_.empty()) { return std::nullopt; }
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Entry entry = heap_.back();
        heap_.pop_back();
        return entry;
    }

private:
    static bool later(const Entry& a, const Entry& b) { return a.at > b.at; }
    std::vector<Entry> heap_;
};

}  // namespace media
