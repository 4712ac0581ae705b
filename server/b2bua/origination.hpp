// A call that the operator asks for (click to call): `from` is called first, and once it has answered, `to` is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace server {

struct OriginateOrder {
    static constexpr std::size_t max_address = 256;
    static constexpr std::size_t max_display = 128;
    static constexpr base::Duration max_timeout = std::chrono::minutes{10};

    std::string from;                       // a user's name, a number, or a SIP URI
    std::string to;                         // a number or a SIP URI, as `from` would dial it
    std::string display;                    // that `from` is shown beside `to`; may be empty
    std::string as;                         // "trunk:NAME" or "user:NAME": by whose routes; empty: those of `from`
    std::optional<base::Duration> timeout;  // how long each of them may ring; none: sip.no_answer
};

struct OriginateResult {
    enum class Outcome : std::uint8_t {
        placed,          // `id` is the call's
        malformed,       // `from` or `to` is no name, number or SIP URI
        unknown_party,   // that `as` names
        no_way_to_from,  // no route, or it is not registered
        no_way_to_to,    // the same; built-in ends are none
        too_many,        // wait for an answer of `from` already
        draining
    };
    Outcome outcome;
    std::string id = {};
};

}  // namespace server
