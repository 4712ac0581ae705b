// Requests that go from one leg to the other as they are, while their responses are awaited (call_relay.cpp).
#pragma once

#include <cstdint>

#include "media/engine.hpp"
#include "sip/message/message.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

struct Relayed {  // an INFO, MESSAGE, REFER or NOTIFY
    sip::TransactionId far;
    sip::TransactionId near;  // none: it is our own, and nobody waits for its response
    media::Side near_side;
    sip::Message request;
};

// A REFER that was passed on, for the NOTIFYs that name it (RFC 3515 §2.4.6).
struct RelayedRefer {
    media::Side near_side;  // of the referrer
    std::uint32_t near_cseq;
    std::uint32_t far_cseq;
};

}  // namespace server
