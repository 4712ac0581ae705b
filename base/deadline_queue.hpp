// Deadlines of many machines: which of them is due next. A binary heap with lazy deletion: a key whose deadline moved
// later stays where it was and is looked at again when it surfaces, so that arming a timer costs nothing in most cases.
#pragma once

#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"

namespace base {

template <class Key>
class DeadlineQueue {
public:
    // Sets the deadline of `key`; `never` removes it.
    void set(const Key& key, Instant at) {
        if (at == never) {
            erase(key);
            return;
        }
        auto [found, added] = wanted_.try_emplace(key, Wanted{at, never});
        Wanted& wanted = found->second;
        wanted.deadline = at;
        if (added || at < wanted.queued) {
            wanted.queued = at;
            heap_.push(Entry{at, key});
        }
    }

    void erase(const Key& key) {
        wanted_.erase(key);
        compact_when_stale();
    }

    // Not before this instant is anything due. Early by at most the laziness above; pop_due() then finds nothing.
    Instant next() const { return heap_.empty() ? never : heap_.top().at; }

    // Removes and returns a key whose deadline is at or before `now`.
    std::optional<Key> pop_due(Instant now) {
        while (!heap_.empty() && heap_.top().at <= now) {
            const Entry entry = heap_.top();
            heap_.pop();
            const auto found = wanted_.find(entry.key);
            if (found == wanted_.end() || found->second.queued != entry.at) { continue; }
            if (found->second.deadline > now) {
                found->second.queued = found->second.deadline;
                heap_.push(Entry{found->second.deadline, entry.key});
                continue;
            }
            wanted_.erase(found);
            return entry.key;
        }
        return std::nullopt;
    }

    std::size_t size() const { return wanted_.size(); }

private:
    struct Wanted {
        Instant deadline;
        Instant queued;  // the heap entry that stands for it; others of this key are stale
    };
    struct Entry {
        Instant at;
        Key key;
        bool operator>(const Entry& other) const { return at > other.at; }
    };

    // Keeps the heap within a constant factor of what is wanted, whatever the pattern of erasing.
    void compact_when_stale() {
        constexpr std::size_t slack = 1024;
        if (heap_.size() < 4 * wanted_.size() + slack) { return; }
        std::vector<Entry> live;
        live.reserve(wanted_.size());
        for (auto& [key, wanted] : wanted_) {
            wanted.queued = wanted.deadline;
            live.push_back(Entry{wanted.deadline, key});
        }
        heap_ = Heap{std::greater<>{}, std::move(live)};
    }

    using Heap = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>;
    Heap heap_;
    std::unordered_map<Key, Wanted> wanted_;
};

}  // namespace base
