// What must hold in every state of the two-leg machine, between two events; "contract" is the renegotiation contract.
// What is wrong with a single action is said where that is carried out (surroundings_actions.cpp).
#pragma once

#include "tests/exploration/surroundings.hpp"

namespace exploration {

Fault judge_state(const Negotiation& machine, const Surroundings& around, base::Instant now);
// Once the call has ended, or is to end.
Fault judge_end(const Negotiation& machine, base::Instant now);

}  // namespace exploration
