// One place where a call may be tried: a URI, and whose it is.
#pragma once

#include "server/routing/party.hpp"
#include "sip/message/uri.hpp"

namespace server {

struct Attempt {
    sip::Uri uri;
    Party party;  // of nobody: a URI of the routes
};

}  // namespace server
