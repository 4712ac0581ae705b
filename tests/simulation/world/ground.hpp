#pragma once

#include "tests/simulation/world/network.hpp"

namespace simulation {

// What all inhabitants of a run share.
struct Ground {
    EventQueue& clock;
    Network& network;
    base::Random& random;
    Trace& trace;
};

}  // namespace simulation
