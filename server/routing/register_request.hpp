// What a REGISTER asks for: RFC 3261 §10.2 and §10.3 steps 6 and 7, RFC 5626 §6 (instances and flows). Read and judged
// whole, before anything is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "server/routing/refusal.hpp"
#include "sip/message/message.hpp"
#include "sip/message/uri.hpp"

namespace server {

struct RegisterRules {
    std::chrono::seconds default_expires{3600};
    std::chrono::seconds max_expires{3600};  // longer wishes are shortened
    std::chrono::seconds min_expires{60};    // shorter ones, but 0, get 423
    std::size_t contacts = 10;               // in one request
};

struct ContactChange {
    std::string uri;                 // as written: a request to it has exactly this Request-URI
    std::string parameters;          // of the field, as written, without expires
    std::string instance;            // the URN of +sip.instance; empty: none
    std::uint32_t reg_id = 0;        // of its flow (RFC 5626 §4.2); 0: none, or one without an instance
    unsigned priority = 1000;        // q, in thousandths
    std::chrono::seconds expires{};  // 0: removed
};

struct RegisterRequest {
    std::string user;  // of the address of record (To), unescaped
    std::string host;  // of it, in lower case
    sip::Uri address;  // of record, as written, without parameters
    std::string call_id;
    std::uint32_t cseq = 0;
    bool removes_all = false;        // Contact: *
    bool supports_outbound = false;  // Supported: outbound
    bool supports_gruu = false;      // Supported: gruu
    std::string user_agent;
    std::vector<ContactChange> contacts;  // none: it only asks
};

std::variant<RegisterRequest, Refusal> read_register(const sip::Message& request, const RegisterRules& rules);

}  // namespace server
