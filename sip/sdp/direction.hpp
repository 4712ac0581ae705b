// Media directions and their arithmetic: RFC 3264 §6.1. Pure functions over two bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace sip::sdp {

enum class Direction : std::uint8_t { inactive = 0, recvonly = 1, sendonly = 2, sendrecv = 3 };

constexpr bool sends(Direction direction) { return (static_cast<unsigned>(direction) & 2U) != 0; }
constexpr bool receives(Direction direction) { return (static_cast<unsigned>(direction) & 1U) != 0; }
constexpr Direction make_direction(bool send, bool receive) {
    return static_cast<Direction>((send ? 2U : 0U) | (receive ? 1U : 0U));
}
// The same stream seen from the other end.
constexpr Direction reverse(Direction direction) { return make_direction(receives(direction), sends(direction)); }
// What both allow.
constexpr Direction intersect(Direction a, Direction b) {
    return make_direction(sends(a) && sends(b), receives(a) && receives(b));
}
constexpr std::string_view to_text(Direction direction) {
    constexpr std::string_view names[] = {"inactive", "recvonly", "sendonly", "sendrecv"};
    return names[static_cast<unsigned>(direction)];
}

}  // namespace sip::sdp
