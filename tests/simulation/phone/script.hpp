// What a phone does when it is asked: responses one after the other, each some time after the request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/phone/description.hpp"
#include "tests/simulation/world/event_queue.hpp"

namespace simulation {

struct Reply {
    Duration after{};
    int status = 200;
    Sdp sdp;
    std::optional<std::string> tag;  // To tag instead of the phone's own; "" writes none (RFC 2543)
    std::string headers;             // more header lines, each with CRLF
    bool reliable = false;           // a 18x by RFC 3262, where the INVITE allows it
    bool by_rule = true;             // reliable as the INVITE says, after the PRACK that has to come first
    std::uint32_t rseq_step = 1;     // 2 leaves a gap
};
using Script = std::vector<Reply>;  // empty: silence

inline Reply reply(Duration after, int status, Sdp sdp = {}) { return Reply{after, status, std::move(sdp), {}, {}}; }
// With a description where none was settled, unless `sdp` says else.
inline Reply reliable(Duration after, int status, Sdp sdp = {}) {
    Reply made = reply(after, status, std::move(sdp));
    made.reliable = true;
    return made;
}
inline Script answers(Duration after = 100ms) { return {reply(after, 200)}; }
inline Script rings_then_answers(Duration ring = 50ms, Duration answer = 500ms) {
    return {reply(ring, 180), reply(answer, 200)};
}
inline Script refuses(int status, Duration after = 20ms) { return {reply(after, status)}; }
inline Script is_silent() { return {}; }

// What a phone sends in the ACK of a 2xx, and when.
struct AckPolicy {
    bool send = true;
    Duration after{};
    Sdp answer;  // where the 2xx carried an offer; that in a PRACK too
};

// What a phone does about session timers (RFC 4028); whole seconds.
struct SessionTimer {
    Duration expires{};       // asked for, and granted at most; 0: it knows no timers
    Duration min_se{};        // an interval below is answered 422; 0: none
    std::string refresher;    // "uac" or "uas" of its request, or of its 2xx where the request leaves it open
    bool refreshes = true;    // false: it does not, although it has to
    bool by_update = false;   // without SDP; else by re-INVITE
    Duration refuses_once{};  // the next request with an interval is answered 422 with this Min-SE
};

// What a phone tells by NOTIFY after it took a REFER (RFC 3515): a final status is the last.
struct Notice {
    Duration after{};  // our 2xx
    int status = 100;
};

// What a phone sends where it may speak.
enum class Speech : std::uint8_t {
    tone,           // its own
    silence,        // G.711 of nothing
    comfort_noise,  // a packet of payload type 13 each 160 ms (RFC 3389), described or not
    music           // its own, a chord
};

struct Identity {
    std::string name;  // "A", as the ladder says
    std::string user;  // "alice"
    base::Endpoint sip;
    base::Endpoint rtp;  // RTCP one above
    int tone = first_tone_hz;
    bool stream = false;     // SIP over TCP
    bool websocket = false;  // and over WebSocket
    std::vector<Law> laws{Law::a, Law::mu};
};

// Of its URIs.
inline std::string transport_parameter(const Identity& identity) {
    return identity.websocket ? ";transport=ws" : identity.stream ? ";transport=tcp" : "";
}

}  // namespace simulation
