// Which header fields cross from one leg to the other. What is not named here stays on its leg, so that nothing of one
// leg's topology (Via, Contact, Record-Route, Call-ID, tags, User-Agent, …) appears on the other.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sip/message/message.hpp"

namespace server {

struct HeaderPolicy {
    std::string own_host;             // replaces the host in URIs of fields that name parties
    bool pass_identity = false;       // P-Asserted-Identity, Privacy: both trunks trust each other's caller ids
    std::vector<std::string> remove;  // names; a trailing * matches any rest
    std::map<std::string, std::string> add;
};

// Adds to `to` what may cross from `from`: Subject, Reason, Diversion, History-Info, Priority, X-… and, if passed,
// identities. Then the trunk's own rules.
void pass_headers(const sip::Message& from, sip::Message& to, const HeaderPolicy& policy);

// The same for a response or an in-dialog request: only Subject, Reason and X-… cross.
void pass_dialog_headers(const sip::Message& from, sip::Message& to, const HeaderPolicy& policy);

}  // namespace server
