// Header fields that the server reads or writes itself, by their field name and compact form (RFC 3261 §7.3.3, §20).
#pragma once

#include <cstdint>
#include <string_view>

namespace sip {

// clang-format off
enum class HeaderId : std::uint8_t {
    via, from, to, call_id, cseq, contact, max_forwards, route, record_route, content_type, content_length,
    content_encoding, content_disposition, accept, allow, supported, require, proxy_require, unsupported, expires,
    min_expires, session_expires, min_se, authorization, proxy_authorization, www_authenticate, proxy_authenticate,
    authentication_info, retry_after, warning, reason, rseq, rack, event, refer_to, referred_by, replaces, subject,
    date, user_agent, server, diversion, history_info, p_asserted_identity, p_preferred_identity, privacy, error_info,
    timestamp, alert_info, call_info, organization, priority, in_reply_to, mime_version, accept_encoding,
    accept_language, content_language, subscription_state, refer_sub, other
};
// clang-format on

HeaderId parse_header_id(std::string_view name);  // any case, long or compact form; `other` for what is unknown
std::string_view to_text(HeaderId id);            // the long name; "" for `other`

}  // namespace sip
