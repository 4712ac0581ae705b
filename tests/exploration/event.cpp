#include "tests/exploration/event.hpp"

namespace exploration {

std::string to_text(const Event& event) {
    constexpr const char* texts[] = {
        "re-INVITE with an offer that is answered here",
        "re-INVITE with an offer that concerns the other leg",
        "re-INVITE without an offer",
        "re-INVITE without an offer, the other leg is not to be asked",
        "UPDATE with an offer that is answered here",
        "UPDATE with an offer that concerns the other leg",
        "UPDATE with an offer, the other leg is to be told later",
        "200 to ours",
        "200 to ours that cannot be used",
        "491 to ours",
        "491 to ours, the wait is longer than the time limit",
        "405 to ours, an UPDATE",
        "488 to ours",
        "481 to ours",
        "ACK",
        "ACK without an answer",
        "ACK without an answer, which is tolerated",
        "no ACK for 64 T1",
        "the call is answered, our 2xx has an answer",
        "the call is answered, our 2xx has an offer",
        "time passes",
        "CANCEL",
        "our session timer",
        "it is to hear a music server",
        "the music server answers",
        "BYE",
    };
    if (event.kind == Event::Kind::time) { return "time passes"; }
    return std::string{event.side == Side::a ? "a: " : "b: "} + texts[static_cast<std::size_t>(event.kind)];
}

}  // namespace exploration
