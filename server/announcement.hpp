// What peers are told of where we are, and why: said once at start, so that an operator behind NAT sees what is wrong
// before the first call without sound. Pure: what the machine has is handed in.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/ip.hpp"
#include "config/config.hpp"
#include "server/b2bua/snapshot.hpp"

namespace server {

struct Interface {
    std::string name;
    base::IpAddress address;
    bool peer_elsewhere = false;  // a veth whose other end is in another network namespace: a bridge's
};

struct Machine {
    std::vector<Interface> interfaces;  // that are up
    bool container = false;
};

struct StartLine {
    bool warning = false;
    std::string event;
    std::vector<std::pair<std::string, std::string>> fields;
};

// `bound`: the listeners of SIP, with their real ports.
std::vector<StartLine> announcement(const config::Config& config, const std::vector<Listener>& bound,
                                    const Machine& machine);

}  // namespace server
