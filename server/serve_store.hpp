// Registrations that outlive the server: the store that a configuration asks for.
#pragma once

#include <memory>

#include "config/config.hpp"
#include "server/observe/log.hpp"
#include "server/shard_group.hpp"
#include "server/state/registration_writer.hpp"

namespace server {

// Without users there is nothing to keep.
bool keeps_registrations(const config::Config& config);
// Before the start of the shards: they know again whom the store knows, and tell it what changes. Null where none is
// wanted, or where it cannot be used, which a warning says. It has to outlive the shards.
std::unique_ptr<state::RegistrationWriter> keep_registrations(const config::Config& config, ShardGroup& shards,
                                                              Log& log);

}  // namespace server
