// A session timer as messages carry it: Session-Expires, Min-SE, and `timer` in Supported and Require (RFC 4028 §4–§9).
#pragma once

#include <optional>

#include "sip/dialog/session_timer.hpp"
#include "sip/message/message.hpp"

namespace sip {

// Of an INVITE or UPDATE of the peer. A field that cannot be read counts as not there.
SessionTimerRequest read_timer_request(const Message& request);
std::optional<SessionExpires> read_session_expires(const Message& message);
std::optional<std::chrono::seconds> read_min_se(const Message& message);

// Into our INVITE or UPDATE; `Supported` is the caller's.
void add_timer(const SessionTimer& timer, Message& request);
// Into our 2xx, or, where the interval was too small, our 422.
void add_timer(const SessionTimerReply& reply, Message& response);

}  // namespace sip
