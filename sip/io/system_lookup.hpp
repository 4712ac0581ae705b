// The system's own resolver: /etc/hosts, DNS and whatever else nsswitch.conf names. Blocks its thread, for ten seconds
// and more where no name server answers.
#pragma once

#include <cstdint>
#include <string>

#include "base/ip.hpp"

namespace sip {

struct LookupResult {
    enum class Kind : std::uint8_t {
        found,
        no_such_name,  // somebody knows that there is none
        failed         // nobody knows
    } kind = Kind::failed;
    base::IpAddress address;  // found

    friend bool operator==(const LookupResult&, const LookupResult&) = default;
};

// IPv4 first: a peer that has both is reached by it from everywhere.
LookupResult system_lookup(const std::string& host);

}  // namespace sip
