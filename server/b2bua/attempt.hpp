// One place where a call may be tried: a URI, and whose it is.
#pragma once

#include <optional>
#include <string>

#include "server/routing/party.hpp"
#include "sip/message/uri.hpp"
#include "sip/transport.hpp"

namespace server {

struct Attempt {
    sip::Uri uri;
    Party party = {};                    // of nobody: a URI of the routes
    std::optional<sip::Flow> flow = {};  // of a user: the way by which it registered
    std::string contact = {};            // and its Contact, verbatim
    bool joins = false;                  // it rings together with the one before it
    bool last_resort = false;            // a trunk's peer that does not answer its pings: after all others

    std::string request_uri() const { return contact.empty() ? uri.to_string() : contact; }
};

}  // namespace server
