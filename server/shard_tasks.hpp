// How what others ask of a shard comes to its thread, and what follows an event there. For shard*.cpp alone.
#pragma once

#include <boost/asio/post.hpp>
#include <utility>

#include "server/shard.hpp"

namespace server {

template <class Task>
void Shard::post(Task task) {
    boost::asio::post(context_, [this, task = std::move(task)]() mutable {
        if (!closed_) { task(); }
    });
}

// One event of the core's: all that it asks for is carried out before anything else happens.
template <class Event>
void Shard::turn(Event event) {
    event(base::Clock::now());
    carry_out();
    arm_timer();
    tell_if_idle();
}

}  // namespace server
