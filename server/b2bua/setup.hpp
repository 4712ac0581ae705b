// What a call remembers only until it is up: where it may still be tried, and what was said so far.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "server/b2bua/attempt.hpp"
#include "server/b2bua/call.hpp"
#include "sip/dialog/provisional.hpp"
#include "sip/message/message.hpp"
#include "sip/message/uri.hpp"

namespace server {

inline constexpr std::size_t tag_length = 12;  // of our own tags

struct Call::Setup {
    enum class Mode : std::uint8_t {
        offer,            // A's INVITE brought an offer
        offerless_relay,  // it brought none; B is asked without one too
        offerless_local   // it brought none; B gets an offer made here
    };
    Mode mode = Mode::offer;
    sip::Message invite;            // A's
    std::vector<Attempt> attempts;  // still to be tried, last first
    Attempt current{};
    std::uint64_t resolving = 0;
    std::string session;                          // what A is told of it, in a provisional perhaps: its 2xx repeats it
    std::optional<sip::ReliableSender> reliable;  // where A takes provisional responses so (RFC 3262)
    bool demands_reliable = false;                // all of them
    bool session_pushed = false;                  // given to `reliable`
    bool session_sent = false;                    // by it: nothing of it is in the 2xx (RFC 6337 §3.1.1)
    bool cancelled = false;
    bool answered_by_b = false;
    std::optional<sip::Message> answer_of_b;  // its 2xx, while ours to A waits for a PRACK
    bool aside = false;                       // leg B is for now an early dialog that the media does not follow
    int last_failure = 0;
    int shown = 0;  // the status of A's last provisional response
};

}  // namespace server
