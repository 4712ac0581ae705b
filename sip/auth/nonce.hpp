// Nonces that a server need not remember: issue time and randomness under a MAC of a key that lives as long as the
// process (RFC 7616 §3.3). A nonce of before a restart is foreign, and a client that knows its password only asks
// again.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"

namespace sip {

struct Nonce {
    base::Instant issued;
    std::uint64_t serial = 0;  // random: tells apart the nonces of one instant
};

class NonceMint {
public:
    // `realm` is under the MAC too: a nonce of one realm is worth nothing in another.
    NonceMint(base::Random& random, std::string realm);

    std::string make(base::Instant now);
    // Nullopt: not made by this mint.
    std::optional<Nonce> read(std::string_view text) const;

private:
    std::string seal(std::string_view plain) const;

    base::Random& random_;
    std::string realm_;
    std::array<std::uint64_t, 4> key_;
};

}  // namespace sip
