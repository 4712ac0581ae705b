// Refer-To: RFC 3515 §2.1. Whom a REFER wants called, with which method, and, for an attended transfer, in place of
// which dialog (RFC 5589 §7). Header fields in the URI other than Replaces are dropped: they would be somebody else's
// words in our request (RFC 3261 §19.1.5).
#pragma once

#include <optional>
#include <string_view>

#include "sip/message/method.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/replaces.hpp"

namespace sip {

struct ReferTo {
    NameAddr target;                 // fit for a Request-URI: without header fields and method parameter
    Method method = Method::invite;  // `other` also for one that is unknown or written in another case
    std::optional<Replaces> replaces;

    // Nullopt also for a Replaces that is malformed or there twice: to call without it would be another transfer.
    static std::optional<ReferTo> parse(std::string_view value);
};

}  // namespace sip
