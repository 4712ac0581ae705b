// What is told to Homer, and how: HEPv3, one datagram of typed chunks for each SIP message or RTCP report. Pure. Leaves
// out keep-alive, authentication and compression.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "server/capture/shared_text.hpp"

namespace server::capture {

struct HepNote {
    enum class Kind : std::uint8_t { sip = 1, rtcp_json = 5 };  // as the protocol numbers them

    base::Instant at;
    Kind kind = Kind::sip;
    bool over_stream = false;  // TCP, TLS, WebSocket
    base::Endpoint source;
    base::Endpoint destination;
    SharedText payload;       // of a report as the sender is given it: RTCP; it makes JSON of that
    std::string correlation;  // the call's id; of what belongs to no call its Call-ID
};

// What does not fit into a datagram is cut off the payload. `at`: since the epoch. `agent`: as Homer knows us.
std::string write_hep(const HepNote& note, std::chrono::microseconds at, std::uint32_t agent);

}  // namespace server::capture
