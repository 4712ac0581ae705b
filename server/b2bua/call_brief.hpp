// What a list shows of a live call. Made on its shard after a turn that changed it, and never changed again: lists and
// events of any thread share it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "sip/transport.hpp"

namespace server {

struct LegBrief {
    std::string trunk;  // empty: none
    std::string user;   // empty: none
    base::Endpoint remote;
    sip::Transport transport = sip::Transport::udp;
    friend bool operator==(const LegBrief&, const LegBrief&) = default;
};

struct CallBrief {
    // Of leg a, of leg b.
    struct Both {
        bool a = false;
        bool b = false;
        friend bool operator==(const Both&, const Both&) = default;
    };
    std::string id;
    std::string state;  // routing, ringing, up, ending
    std::string from;
    std::string to;
    std::string route;
    base::Instant started;
    std::optional<base::Instant> answered;
    Both hold;   // its peer holds
    Both held;   // the operator holds it
    Both music;  // it hears music
    std::uint64_t renegotiations = 0;
    std::optional<LegBrief> a;  // none: nobody sits there yet
    std::optional<LegBrief> b;  // none for app: targets, too
    friend bool operator==(const CallBrief&, const CallBrief&) = default;
};

}  // namespace server
