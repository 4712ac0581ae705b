// How the far side's failure to take a call is told to the caller, counted, and whether another target is tried.
#pragma once

#include <string_view>

#include "server/b2bua/header_policy.hpp"
#include "sip/message/message.hpp"

namespace server {

// 408, 480 and 5xx mean "not here, not now": the next target of the route is tried.
constexpr bool is_failover(int status) { return status == 408 || status == 480 || (status >= 500 && status < 600); }

// 3xx is neither followed nor passed on: its Contact is the far side's topology. 401 and 407 ask for credentials of
// ours that we do not have, 422 speaks of a session timer that is not the caller's. 503 would make the caller believe
// that this very server is overloaded (RFC 3261 §16.7, item 6).
constexpr int status_towards_caller(int status) {
    if (status < 400) { return 480; }
    if (status == 401 || status == 407) { return 502; }
    if (status == 422) { return 500; }
    return status == 503 ? 500 : status;
}

// The same for a re-INVITE. The dialogs stand, so nothing that would end one (408, 481) reaches near while they do.
constexpr int status_of_refusal(int status) {
    if (status < 400 || status == 401 || status == 407 || status == 422) { return 488; }
    return status == 503 ? 500 : status;
}

// The refusal of a re-INVITE as near is told: who says why, and when to ask again, crosses.
void pass_refusal(const sip::Message& from, sip::Message& to, const HeaderPolicy& policy);

constexpr std::string_view outcome_of(int status) {
    if (status == 486 || status == 600) { return "busy"; }
    if (status == 487) { return "cancelled"; }
    if (status == 408 || status == 480) { return "no_answer"; }
    return status >= 500 && status < 600 ? "failed" : "refused";
}

// Max-Forwards of the request that follows from this one (RFC 3261 §16.6, item 3): a loop ends, whatever its dialogs.
unsigned forwards_left(const sip::Message& request);

}  // namespace server
