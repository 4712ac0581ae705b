// Timer values of RFC 3261 table 4. Everything else follows from these three.
#pragma once

#include "base/time.hpp"

namespace sip {

struct TimerConfig {
    base::Duration t1 = std::chrono::milliseconds{500};  // round-trip estimate
    base::Duration t2 = std::chrono::seconds{4};         // longest retransmission interval
    base::Duration t4 = std::chrono::seconds{5};         // longest life of a message in the network

    base::Duration give_up() const { return 64 * t1; }  // timers B, F, H, L, M and the wait for an ACK
};

}  // namespace sip
