// What a request must fulfil before it means anything: RFC 3261 §8.2.1 to §8.2.3, §16.3. Each refusal is a response,
// ready but for its To tag.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sip/message/message.hpp"

namespace server {

inline constexpr std::string_view accepted_bodies = "application/sdp, multipart/mixed";
// What an initial INVITE of ours, and whoever asks, is told of; and a re-INVITE of ours and what we answer in a dialog:
// there no reliable provisional responses are taken, and 100rel must not be named.
inline constexpr std::string_view supported_options = "100rel, timer, replaces";
inline constexpr std::string_view supported_in_dialog = "timer, replaces";
inline constexpr std::string_view allowed_methods =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, MESSAGE, UPDATE, PRACK, REFER, NOTIFY";

using Field = std::pair<std::string, std::string>;  // of a header: name, value

struct RequestFault {
    int status;
    std::string warning;  // text of a Warning header field, or empty
    // A header field the response must carry, or an empty name: Allow, Accept, Unsupported, …
    std::string header;
    std::string value;
    std::string rule = {};  // of a body that cannot be taken: a metric label
};

// Checks in the order of §8.2: method (405, 501), URI scheme (416), Max-Forwards (483), extensions (420), Replaces
// (400, RFC 3891 §3) and what is accepted (406). In-dialog methods are let through for the dialog to judge. `secure`:
// it came under TLS, as one to a SIPS URI has to.
std::optional<RequestFault> check_request(const sip::Message& request, bool secure = false);
// The body of an INVITE or UPDATE (400, 415; §8.2.3). Apart, because in a dialog it is the offer that it refuses.
std::optional<RequestFault> check_body(const sip::Message& request);

// As a quoted-string (RFC 3261 §25.1).
std::string quoted(std::string_view text);
// Adds a Warning (RFC 3261 §20.43) with this program as its agent.
void add_warning(sip::Message& response, int code, std::string_view text);
// The code and text of the far side's Warning; its agent, a host of theirs, becomes ours.
void pass_warning(std::string_view value, sip::Message& response);

}  // namespace server
