// What one client of the server's events is yet to be sent, on the thread of HTTP. Bounded: who does not keep up is
// told so in a last event, and begins anew.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/observe/event_inbox.hpp"

namespace server::http {

class EventStream {
public:
    using Text = std::shared_ptr<const std::string>;  // of one event, for all clients

    EventStream(std::size_t max_waiting, EventInbox::Watch watch)
        : max_waiting_{max_waiting}, watch_{std::move(watch)} {}

    // Where there is no room any more, `last` is all that is sent.
    void put(Text event, const Text& last);
    // Nothing comes after it, and what waits before it is not sent.
    void end(Text last);
    // Its client has gone.
    void leave();
    // The same, because it did not read.
    void give_up();

    // What is to be sent next, several events at once; empty: nothing waits.
    std::string take();
    // Nothing is to be sent any more.
    bool is_over() const { return is_left_ || (is_ended_ && waiting_.empty()); }
    // Is called whenever something waits where nothing did, or the stream is over.
    void on_news(std::function<void()> wake) { wake_ = std::move(wake); }

private:
    void wake() const {
        if (wake_) { wake_(); }
    }

    const std::size_t max_waiting_;
    EventInbox::Watch watch_;
    std::deque<Text> waiting_;
    std::function<void()> wake_;
    bool is_ended_ = false;
    bool is_left_ = false;
};

}  // namespace server::http
