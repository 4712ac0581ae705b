// How the server of a random world is set: what hold and renegotiation may be, drawn from a seed.
#pragma once

#include <cstdint>
#include <memory>

#include "server/b2bua/snapshot.hpp"

namespace simulation {

inline constexpr std::uint64_t policies = 48;

// The setting number `seed` mod `policies`, made once: the first of them is the default.
std::shared_ptr<const server::Snapshot> random_snapshot(std::uint64_t seed);

}  // namespace simulation
