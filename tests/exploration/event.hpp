// What may happen to the two-leg machine: what a peer sends, its silence, time. Repetitions are not among them: every
// state is judged by what it makes of those (invariants.hpp).
#pragma once

#include <cstdint>
#include <string>

#include "media/engine.hpp"

namespace exploration {

using media::Side;

struct Event {
    enum class Kind : std::uint8_t {
        invite_here,  // re-INVITE with an offer that the far leg is not asked about
        invite_change,
        invite_offerless,
        invite_offerless_here,
        update_here,
        update_change,
        update_later,  // in the early dialog
        usable,        // 2xx to our request with what was due
        unusable,
        later,          // 491, or 5xx with Retry-After, and the wait ends before the time limit
        much_later,     // and it does not
        not_in_update,  // 405 to our UPDATE
        refused,        // 488
        gone,           // 408, 481
        ack,
        ack_without_answer,
        ack_tolerated,
        no_ack,
        answered,            // the caller's INVITE, by our 2xx with an answer
        answered_offerless,  // by one with our offer
        time,                // a unit of it (world.hpp)
        cancel,
        refresh,         // our session timer
        source,          // the leg is to hear a music server that answers an offer of its own
        source_answers,  // or will not
        bye
    };
    Kind kind;
    Side side;
};

constexpr bool is_request(Event::Kind kind) { return kind <= Event::Kind::update_later; }
constexpr bool is_final(Event::Kind kind) { return kind >= Event::Kind::usable && kind <= Event::Kind::gone; }
// Whoever it comes from owes it: whatever is open must end by such events alone.
constexpr bool is_owed(Event::Kind kind) { return kind >= Event::Kind::usable && kind <= Event::Kind::time; }

std::string to_text(const Event& event);

}  // namespace exploration
