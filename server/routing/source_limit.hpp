// How often each source address may do something, such as ask, or fail to prove itself: it has a few of that in hand,
// which come back one by one. An IPv6 source is its /64, for whoever has one address there has them all. Bounded: past
// `sources` the one that spent longest ago is forgotten.
#pragma once

#include <cstddef>
#include <list>
#include <map>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace server {

class SourceLimit {
public:
    struct Settings {
        unsigned in_hand = 10;                                // at once
        base::Duration comes_back = std::chrono::seconds{6};  // one of those
        std::size_t sources = 10'000;
    };

    explicit SourceLimit(Settings settings) : settings_{settings} {}

    // How long until this source has something in hand; zero: it has now.
    base::Duration blocked_for(base::Instant now, const base::IpAddress& source) const;
    void spend(base::Instant now, const base::IpAddress& source);
    std::size_t size() const { return by_source_.size(); }

private:
    struct Source {
        base::IpAddress address;
        base::Instant clean;  // when all has come back
    };
    using Sources = std::list<Source>;  // who spent longest ago first
    static base::IpAddress key_of(const base::IpAddress& source);

    Settings settings_;
    Sources sources_;
    std::map<base::IpAddress, Sources::iterator> by_source_;
};

}  // namespace server
