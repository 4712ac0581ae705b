// The way back: where a request came from is written into its topmost Via (RFC 3261 §18.2.1, RFC 3581 §4), and its
// responses follow §18.2.2. `maddr` is ignored on purpose: with it any datagram could aim our answers at a broadcast
// address or at a third party (RFC 4475 §3.3.10).
#pragma once

#include <cstdint>
#include <optional>

#include "sip/message/message.hpp"
#include "sip/transaction/top_via.hpp"
#include "sip/transport.hpp"

namespace sip {

// Changes the message: `via` and every other view into it is gone afterwards.
void stamp_source(Message& request, const TopVia& via, const Flow& arrived);

// Datagrams: the source address, and its port if rport was asked for, else that of sent-by. Streams: the connection.
Flow response_flow(const Flow& arrived, const TopVia& via);
// For a stream whose connection broke: a new one to where the peer listens. Nothing for a WebSocket: nobody does.
std::optional<Flow> response_fallback(const Flow& broken, std::uint16_t sent_by_port);

}  // namespace sip
