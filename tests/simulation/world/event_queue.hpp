// Virtual time: what is to happen, in order. Events of the same instant happen in the order they were asked for, so
// that a run repeats exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace simulation {

using base::Duration;
using base::Instant;
using namespace std::chrono_literals;

class EventQueue {
public:
    using Event = std::function<void()>;
    static constexpr Instant start{std::chrono::hours{1}};  // 0 would hide a forgotten initialisation

    Instant now() const { return now_; }
    Duration since_start() const { return now_ - start; }

    void at(Instant when, Event event) {
        if (free_.empty()) {
            free_.push_back(events_.size());
            events_.emplace_back();
        }
        const std::size_t slot = free_.back();
        free_.pop_back();
        events_[slot] = std::move(event);
        heap_.push({when < now_ ? now_ : when, ++sequence_, slot});
    }
    void after(Duration delay, Event event) { at(now_ + delay, std::move(event)); }

    Instant next() const { return heap_.empty() ? base::never : heap_.top().at; }
    // Without running anything; never backwards.
    void move_to(Instant when) {
        if (when > now_) { now_ = when; }
    }
    // The earliest event; time moves to it.
    void run_next() {
        const Entry entry = heap_.top();
        heap_.pop();
        move_to(entry.at);
        const Event event = std::exchange(events_[entry.slot], {});
        free_.push_back(entry.slot);
        event();
    }

private:
    struct Entry {
        Instant at;
        std::uint64_t sequence;
        std::size_t slot;  // of events_, which stay where they are while the heap is sorted
        bool operator>(const Entry& other) const { return at != other.at ? at > other.at : sequence > other.sequence; }
    };
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
    std::vector<Event> events_;
    std::vector<std::size_t> free_;
    Instant now_ = start;
    std::uint64_t sequence_ = 0;
};

}  // namespace simulation
