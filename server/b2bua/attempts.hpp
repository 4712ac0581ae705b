// Where the targets of a route are reached: trunks by their URIs, users by the devices that they registered.
#pragma once

#include <string>
#include <vector>

#include "server/b2bua/attempt.hpp"
#include "server/b2bua/services.hpp"
#include "server/routing/router.hpp"

namespace server {

struct Dialled {
    std::string user;           // the number or name, as trunks write it
    std::string instance = {};  // of a user's devices the one that a GRUU means (RFC 5627 §3.1); empty: any

    static Dialled read(const sip::Uri& uri);
};

// The last first. Built-in ends are none. The devices of a user ring together, up to RingingDevices::max_together.
std::vector<Attempt> attempts_for(base::Instant now, const RouteResult& result, const Dialled& dialled,
                                  const Routing& routing, const Services& services);
// This very server, as who has a dialog with it calls it: `user` as in the Contact of that.
std::vector<Attempt> attempts_here(const std::string& user, const CoreSetup& setup);

}  // namespace server
