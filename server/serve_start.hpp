// What a configuration asks of the start: where to listen, how many shards, what a reload cannot change.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "server/b2bua/snapshot.hpp"
#include "server/http/control.hpp"

namespace server {

// More would not fit the shard's place in a connection id's use, nor any machine of today.
inline constexpr unsigned max_workers = 256;

unsigned worker_count(const config::Config& config);
std::vector<Listener> sip_listeners(const config::Config& config);
// Keys whose change takes effect with a restart only.
std::vector<std::string> restart_needed(const config::Config& running, const config::Config& next);
// As far as the configuration tells; who listens and how many work is known when they do.
ServerFacts make_facts(const config::Config& config);
// For somebody who started the server without a file: what to dial, which pages to open. Several lines, in which stands
// no password but the one of the embedded defaults.
std::string what_to_dial(const config::Config& config, const std::vector<Listener>& listeners,
                         const ServerFacts& facts);
// Each call has four sockets: as many descriptors as the system lets us have.
void raise_descriptor_limit();
// "udp://127.0.0.1:5060"
std::string to_text(const Listener& listener);

}  // namespace server
