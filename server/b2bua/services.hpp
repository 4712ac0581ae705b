// What the calls of a shard share: its transactions, its media plane, its counters, and the indexes by which the core
// finds the call that a message belongs to. One turn = one event, carried to its end before the next.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"
#include "media/engine.hpp"
#include "server/b2bua/call_key.hpp"
#include "server/b2bua/core.hpp"
#include "server/b2bua/snapshot.hpp"
#include "server/routing/party.hpp"
#include "server/routing/reachable_users.hpp"
#include "server/routing/trunk_health.hpp"
#include "sip/dialog/session_timer.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

inline constexpr std::size_t max_forks = 8;  // dialogs of one INVITE that are ended because another was answered

// What answers the 2xx of the dialog with this tag, should it come again.
struct KeptAck {
    std::string tag;
    std::string body;
};

// Who is told of what happens in a transaction, a dialog, a media session.
class CallIndex {
public:
    virtual ~CallIndex() = default;
    virtual void watch(sip::TransactionId transaction, CallKey call, media::Side side) = 0;
    virtual void forget(sip::TransactionId transaction) = 0;
    virtual void add_dialog(std::string_view call_id, std::string_view local_tag, CallKey call, media::Side side) = 0;
    virtual void remove_dialog(std::string_view call_id, std::string_view local_tag) = 0;
    virtual void watch(media::SessionId session, CallKey call) = 0;
    virtual void forget(media::SessionId session) = 0;
    // An ACK to a 2xx of this INVITE: should that come again when the leg has moved on or is gone, the ACK is made
    // anew, and whatever other dialog comes of an INVITE that is kept ends at once.
    virtual void keep_ack(sip::TransactionId invite, bool offerless, KeptAck ack) = 0;
    virtual std::uint64_t resolve(CallKey call, std::string_view host, CoreOutput& out) = 0;
};

struct Services {
    const CoreSetup& setup;
    sip::TransactionLayer& layer;
    media::Engine& engine;
    base::Random& random;
    CoreCounters& counters;
    CallIndex& index;
    const ReachableUsers& users;
    const std::shared_ptr<const DownPeers>& down_peers;  // null: none
    sip::TimerConfig timers;
    sip::SessionTimerConfig session_timers;
};

struct Turn {
    base::Instant now;
    sip::LayerOutput& sip;
    CoreOutput& out;
    Party sender = {};  // of the message that began the turn, where that begins something new
};

}  // namespace server
