#include "server/http/event_hub.hpp"

#include <utility>

#include "server/http/event_json.hpp"

namespace server::http {

EventHub::EventHub(EventInbox& inbox, Home home, EventLimits limits)
    : inbox_{inbox}, limits_{limits}, overflow_{std::make_shared<const std::string>(server_sent_overflow())} {
    inbox_.open([this, home = std::move(home)] { home([this] { tell(); }); });
}

EventHub::~EventHub() { inbox_.close(); }

std::shared_ptr<EventStream> EventHub::open() {
    std::erase_if(clients_, [](const auto& client) { return client.expired(); });
    if (clients_.size() >= limits_.clients) { return nullptr; }
    auto stream = std::make_shared<EventStream>(limits_.waiting, EventInbox::Watch{inbox_});
    clients_.push_back(stream);
    return stream;
}

void EventHub::tell() {
    const EventInbox::Batch batch = inbox_.take();
    if (batch.dropped != 0) { return end_all(); }  // who missed something cannot go on from what it knows
    const WallClock clock = WallClock::now();
    for (const Event& event : batch.events) {
        tell(std::make_shared<const std::string>(server_sent(++last_id_, event, clock)));
    }
}

void EventHub::end_all() {
    for (const auto& client : clients_) {
        if (const auto stream = client.lock()) { stream->end(overflow_); }
    }
}

void EventHub::tell(const EventStream::Text& event) {
    for (const auto& client : clients_) {
        if (const auto stream = client.lock()) { stream->put(event, overflow_); }
    }
}

}  // namespace server::http
