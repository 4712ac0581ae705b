// A SIP message as it was on the wire, but for what is secret in it: from where to where, by what, and when.
#pragma once

#include "base/ip.hpp"
#include "base/time.hpp"
#include "server/capture/shared_text.hpp"
#include "sip/transport.hpp"

namespace server::capture {

struct CapturedMessage {
    base::Instant at;
    bool sent = false;  // by us
    sip::Transport transport = sip::Transport::udp;
    base::Endpoint local;
    base::Endpoint remote;
    SharedText text;

    const base::Endpoint& source() const { return sent ? local : remote; }
    const base::Endpoint& destination() const { return sent ? remote : local; }
};

}  // namespace server::capture
