// DTLS repeats what was lost by OpenSSL's own clock, gettimeofday(): while a world lives, that tells its time.
#pragma once

#include "tests/simulation/world/event_queue.hpp"

namespace simulation {

class OpensslClock {
public:
    // `clock` outlives it. One at a time.
    explicit OpensslClock(const EventQueue& clock);
    ~OpensslClock();
    OpensslClock(const OpensslClock&) = delete;
    OpensslClock& operator=(const OpensslClock&) = delete;
};

}  // namespace simulation
