// Where a shard listens, and how that changes while it runs.
#include "server/shard.hpp"
#include "server/shard_tasks.hpp"

namespace server {

using base::Clock;

std::vector<sip::Endpoint::Bound> Shard::bind(const std::vector<Listener>& wanted) {
    std::vector<sip::Endpoint::Bound> bound;
    try {
        for (const Listener& listener : wanted) {
            bound.push_back(endpoint_.listen(listener.transport, listener.endpoint, share_));
        }
    } catch (const sip::ListenError&) {
        for (const auto& one : bound) { retire({one.transport, one.at}); }
        throw;
    }
    return bound;
}

// Nobody has called there yet, unless it was leaving before: then it goes on leaving.
void Shard::retire(const Listener& listener) {
    endpoint_.retire(listener.transport, listener.endpoint);
    const auto leaving = leaving_.all();
    const bool goes_on = std::ranges::any_of(leaving, [&](const Listener& one) {
        return one.transport == listener.transport && one.endpoint == listener.endpoint;
    });
    if (!goes_on) { endpoint_.leave(listener.transport, listener.endpoint); }
}

// No exception goes from thread to thread: nobody could check who lets go of it last. Certificates come with replace():
// what is bound here may yet be refused elsewhere, and then nothing has changed.
void Shard::listen(std::vector<Listener> more, std::promise<Listening> answer) {
    post([this, more = std::move(more), answer = std::move(answer)]() mutable {
        try {
            auto bound = bind(more);
            for (const auto& one : bound) { leaving_.take_back({one.transport, one.at}); }
            bound_.insert(bound_.end(), bound.begin(), bound.end());
            core_->listen_on(listeners());
            answer.set_value({std::move(bound), {}});
        } catch (const sip::ListenError& error) { answer.set_value({{}, error.what()}); }
    });
}

void Shard::leave(std::vector<Listener> left) {
    post([this, left = std::move(left)] {
        for (const Listener& listener : left) {
            std::erase_if(bound_, [&](const auto& bound) {
                return bound.transport == listener.transport && bound.at == listener.endpoint;
            });
            endpoint_.retire(listener.transport, listener.endpoint);
            leaving_.add(Clock::now(), listener);
        }
        core_->listen_on(listeners());
        watch_leaving();
    });
}

std::vector<Listener> Shard::listeners() const {
    std::vector<Listener> all;
    for (const auto& bound : bound_) { all.push_back({bound.transport, bound.at}); }
    const std::vector<Listener> leaving = leaving_.all();
    all.insert(all.end(), leaving.begin(), leaving.end());
    return all;
}

void Shard::watch_leaving() {
    constexpr std::chrono::seconds between{1};
    leaving_timer_.expires_after(between);
    leaving_timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (cancelled || closed_) { return; }
        drop_unused();
        if (!leaving_.empty()) { watch_leaving(); }
    });
}

void Shard::drop_unused() {
    const auto in_use = [this](const Listener& listener) { return core_->uses(listener); };
    const std::vector<Listener> unused = leaving_.take_unused(Clock::now(), in_use);
    for (const Listener& listener : unused) { endpoint_.leave(listener.transport, listener.endpoint); }
    if (!unused.empty()) { core_->listen_on(listeners()); }
}

}  // namespace server
