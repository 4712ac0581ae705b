// What an operator may ask of one leg of a live call.
#pragma once

#include <cstdint>

#include "media/engine.hpp"

namespace server {

struct LegOrder {
    enum class Kind : std::uint8_t { hold, resume, reinvite };
    media::Side leg;  // a or b
    Kind kind;
};

enum class OrderResult : std::uint8_t {
    no_such_call,
    not_now,  // the call is not up, or that leg has nobody at its other end, or is being transferred
    taken     // what becomes of it is seen on the call
};

}  // namespace server
