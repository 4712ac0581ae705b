// Which transaction a message belongs to: RFC 3261 §17.1.3 (responses), §17.2.3 (requests, with the RFC 2543 fallback)
// and §8.2.2.2 (merged requests). A key is the keyed hash of what the RFC compares.
#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"
#include "sip/message/message.hpp"
#include "sip/transaction/key_hash.hpp"
#include "sip/transaction/top_via.hpp"

namespace sip {

class KeyMaker {
public:
    explicit KeyMaker(base::Random& random) : secret_{random.next(), random.next()} {}

    // The server transaction of `request`, taken as if its method were `method`: ACK and CANCEL look for their INVITE.
    // `to_tag` counts only without a unique branch; an ACK has to be looked up with its own and with none, for its tag
    // is that of the response.
    KeyDigest of_request(const Message& request, const TopVia& via, std::string_view method,
                         std::string_view to_tag) const;
    KeyDigest of_client(const TopVia& via, std::string_view method) const;
    // Equal for copies of one request that took different ways.
    KeyDigest of_merged(const Message& request) const;
    // A To tag that is the same for each repetition of a request that nobody remembers (§8.2.7).
    std::string stateless_tag(const Message& request) const;

private:
    KeyHash::Secret secret_;
};

}  // namespace sip
