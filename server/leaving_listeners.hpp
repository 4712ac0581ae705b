// Listeners that a reload has left out: each stays until no call has gone by it for a while, in which its last answers
// may have to be sent again.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "server/b2bua/snapshot.hpp"

namespace server {

class LeavingListeners {
public:
    explicit LeavingListeners(base::Duration linger) : linger_{linger} {}

    void add(base::Instant now, const Listener& listener) { all_.push_back({listener, now}); }
    // It is wanted again. False: it was not leaving.
    bool take_back(const Listener& listener) {
        return std::erase_if(all_, [&](const Leaving& one) {
                   return one.listener.transport == listener.transport && one.listener.endpoint == listener.endpoint;
               }) != 0;
    }
    // Those that may go, and are no more here.
    template <class InUse>
    std::vector<Listener> take_unused(base::Instant now, const InUse& in_use) {
        std::vector<Listener> unused;
        for (Leaving& one : all_) {
            if (in_use(one.listener)) { one.last_used = now; }
            if (now - one.last_used >= linger_) { unused.push_back(one.listener); }
        }
        for (const Listener& listener : unused) { take_back(listener); }
        return unused;
    }
    std::vector<Listener> all() const {
        std::vector<Listener> listeners;
        for (const Leaving& one : all_) { listeners.push_back({one.listener.transport, one.listener.endpoint, true}); }
        return listeners;
    }
    bool empty() const { return all_.empty(); }

private:
    struct Leaving {
        Listener listener;
        base::Instant last_used;
    };
    const base::Duration linger_;
    std::vector<Leaving> all_;
};

}  // namespace server
