// From the inbox of events to the clients that watch, on the thread of HTTP: each event is rendered once, whoever is to
// be sent it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "server/http/event_stream.hpp"
#include "server/observe/event_inbox.hpp"

namespace server::http {

struct EventLimits {
    std::size_t clients = 64;                           // at once; one past is refused
    std::size_t waiting = 2 * EventInbox::max_waiting;  // events of one client
};

class EventHub {
public:
    // Runs a task soon on the thread of HTTP; from any thread.
    using Home = std::function<void(std::function<void()> task)>;

    // `inbox` outlives it.
    EventHub(EventInbox& inbox, Home home, EventLimits limits = {});
    ~EventHub();
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    // All that happens from now on. Its client is there as long as anybody keeps the stream. Null: there are too many.
    std::shared_ptr<EventStream> open();
    // Whoever watches begins anew, if it still may.
    void end_all();

private:
    void tell();
    void tell(const EventStream::Text& event);

    EventInbox& inbox_;
    const EventLimits limits_;
    const EventStream::Text overflow_;
    std::vector<std::weak_ptr<EventStream>> clients_;
    std::uint64_t last_id_ = 0;
};

}  // namespace server::http
