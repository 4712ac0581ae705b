// Addresses and configuration of the simulated town: who lives where, and the server's dial plan.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/b2bua/snapshot.hpp"

namespace simulation {

base::Endpoint server_endpoint(bool v6);
base::Endpoint sip_endpoint(char side, int seat, int kind);
std::shared_ptr<const server::Snapshot> make_snapshot(const std::function<void(config::Config&)>& configure);
server::CoreSetup make_setup();

}  // namespace simulation
