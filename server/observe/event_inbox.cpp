#include "server/observe/event_inbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace server {

void EventInbox::open(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
}

void EventInbox::close() { open({}); }

void EventInbox::add(int clients) {
    const std::lock_guard lock{mutex_};
    clients_.store(clients_.load(std::memory_order_relaxed) + static_cast<std::size_t>(clients),
                   std::memory_order_relaxed);
    if (!is_watched()) { waiting_ = {}; }
}

void EventInbox::put(std::vector<Event> events) {
    if (!is_watched() || events.empty()) { return; }
    const std::lock_guard lock{mutex_};
    if (!is_watched()) { return; }
    const bool was_empty = waiting_.events.empty();
    const std::size_t taken = std::min(events.size(), max_waiting - waiting_.events.size());
    std::move(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(taken), std::back_inserter(waiting_.events));
    waiting_.dropped += events.size() - taken;
    dropped_.fetch_add(events.size() - taken, std::memory_order_relaxed);
    if (was_empty && wake_) { wake_(); }
}

void EventInbox::put(Event event) {
    if (!is_watched()) { return; }
    std::vector<Event> one;
    one.push_back(std::move(event));
    put(std::move(one));
}

EventReport EventInbox::report() const {
    return {clients(), dropped_.load(std::memory_order_relaxed), too_slow_.load(std::memory_order_relaxed)};
}

EventInbox::Batch EventInbox::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(waiting_, {});
}

}  // namespace server
