// Events on their way from the shards, and from whoever drains or reloads the server, to the thread that tells clients
// of them. Nobody pays for them while nobody watches; what finds no room is dropped and counted, and who watches is
// told.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "server/b2bua/event.hpp"

namespace server {

struct EventReport {
    std::size_t clients = 0;
    std::uint64_t dropped = 0;   // events that found no room here
    std::uint64_t too_slow = 0;  // clients that were sent away because they did not read what they had asked for
};

class EventInbox {
public:
    static constexpr std::size_t max_waiting = 10'000;

    // `wake` is called when something waits where nothing did, on the thread that put it: it may only post.
    void open(std::function<void()> wake);
    // After it has returned, `wake` is not called any more.
    void close();
    // Somebody watches as long as this lives, and the inbox outlives it.
    class Watch {
    public:
        Watch() = default;
        explicit Watch(EventInbox& inbox) : inbox_{&inbox} { inbox.add(1); }
        Watch(Watch&& other) noexcept : inbox_{std::exchange(other.inbox_, nullptr)} {}
        Watch& operator=(Watch&&) = delete;
        ~Watch() {
            if (inbox_ != nullptr) { inbox_->add(-1); }
        }
        // It did not read what it had asked for, and is sent away.
        void note_too_slow() const {
            if (inbox_ != nullptr) { inbox_->too_slow_.fetch_add(1, std::memory_order_relaxed); }
        }

    private:
        EventInbox* inbox_ = nullptr;
    };
    std::size_t clients() const { return clients_.load(std::memory_order_relaxed); }
    bool is_watched() const { return clients() != 0; }

    // From any thread. Nothing is kept while nobody watches.
    void put(std::vector<Event> events);
    void put(Event event);
    EventReport report() const;

    struct Batch {
        std::vector<Event> events;
        std::uint64_t dropped = 0;  // after these
    };
    Batch take();

private:
    void add(int clients);

    std::atomic<std::size_t> clients_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> too_slow_{0};
    std::mutex mutex_;
    std::function<void()> wake_;
    Batch waiting_;
};

}  // namespace server
