// One place where a call may be tried: a URI, and the trunk that it belongs to.
#pragma once

#include "server/routing/trunk.hpp"
#include "sip/message/uri.hpp"

namespace server {

struct Attempt {
    sip::Uri uri;
    const Trunk* trunk;  // null: a URI of the routes
};

}  // namespace server
