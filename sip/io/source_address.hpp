// Which own address packets to a peer leave from: the kernel's routing is asked by connecting a datagram socket, which
// sends nothing. Answers are kept for a short while.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace sip {

class SourceAddress {
public:
    static constexpr std::size_t max_kept = 4096;
    static constexpr base::Duration keep = std::chrono::seconds{10};

    // The unspecified address of the family where there is no route.
    base::IpAddress of(base::Instant now, const base::IpAddress& remote);
    std::size_t kept() const { return kept_.size(); }

private:
    struct Kept {
        base::IpAddress source;
        base::Instant until;
    };
    std::unordered_map<base::Endpoint, Kept> kept_;
};

}  // namespace sip
