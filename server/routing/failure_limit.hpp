// Who failed to prove itself too often, by source address. Each source has a few failures in hand, which come back one
// by one; an IPv6 source is its /64, for whoever has one address there has them all. Bounded: past `sources` the one
// that failed longest ago is forgotten.
#pragma once

#include <cstddef>
#include <list>
#include <map>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace server {

class FailureLimit {
public:
    struct Settings {
        unsigned in_hand = 10;                                // failures at once
        base::Duration comes_back = std::chrono::seconds{6};  // one of them
        std::size_t sources = 10'000;
    };

    explicit FailureLimit(Settings settings) : settings_{settings} {}

    // How long nothing of this source is to be looked at; zero: it is now. A success gives nothing back: whoever has
    // one good account could otherwise go on guessing others.
    base::Duration blocked_for(base::Instant now, const base::IpAddress& source) const;
    void note_failure(base::Instant now, const base::IpAddress& source);
    std::size_t size() const { return by_source_.size(); }

private:
    struct Source {
        base::IpAddress address;
        base::Instant clean;  // when all failures have come back
    };
    using Sources = std::list<Source>;  // who failed longest ago first
    static base::IpAddress key_of(const base::IpAddress& source);

    Settings settings_;
    Sources sources_;
    std::map<base::IpAddress, Sources::iterator> by_source_;
};

}  // namespace server
