// Requests that a client transaction makes out of its own: the Via of each, the ACK of a failure (RFC 3261 §17.1.1.3)
// and the CANCEL (§9.1).
#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"
#include "sip/message/message.hpp"
#include "sip/transport.hpp"

namespace sip {

std::string make_branch(base::Random& random);
std::string make_via(Transport transport, std::string_view sent_by, std::string_view branch);

// To comes from the response, everything else from the INVITE.
Message make_failure_ack(const Message& invite, const Message& response);
// `reason`: value of a Reason header field (RFC 3326), or empty.
Message make_cancel(const Message& invite, std::string_view reason);

}  // namespace sip
