// One shard's whole signalling, sans-IO: messages in, messages and log events out, the media plane asked through
// media::Engine. Drivers feed it from sockets, the simulator from virtual ones. After each call, carry out all of
// CoreOutput before the next event.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "media/engine.hpp"
#include "server/b2bua/call_detail.hpp"
#include "server/b2bua/call_view.hpp"
#include "server/b2bua/capture_view.hpp"
#include "server/b2bua/counters.hpp"
#include "server/b2bua/event.hpp"
#include "server/b2bua/ladder_view.hpp"
#include "server/b2bua/leg_order.hpp"
#include "server/b2bua/origination.hpp"
#include "server/b2bua/snapshot.hpp"
#include "server/b2bua/timeline_view.hpp"
#include "server/capture/hep_packet.hpp"
#include "server/routing/reachable_users.hpp"
#include "server/routing/registration_view.hpp"
#include "server/routing/trunk_health.hpp"
#include "server/routing/trunk_view.hpp"
#include "sip/transport.hpp"

namespace server {

struct LogEvent {
    config::LogLevel level;
    std::string event;  // "call.answered"
    std::string call;   // id of the call, or empty
    std::vector<std::pair<std::string, std::string>> fields;
};

// A host name to look up (A or AAAA); answer with on_resolved.
struct ResolveRequest {
    std::uint64_t id;
    std::string host;
};

struct CoreOutput {
    std::vector<sip::Outgoing> send;
    std::vector<LogEvent> log;
    std::vector<ResolveRequest> resolve;
    std::vector<CallDetail> details;              // of calls that have just ended
    std::vector<capture::HepNote> observed;       // where the configuration names somebody to tell
    std::vector<UserBindings> bindings;           // for the cores of all other shards: take_bindings
    std::shared_ptr<const DownPeers> down_peers;  // changed: for the same, take_down_peers
    std::vector<Event> events;                    // for whoever watches
};

using CallBriefs = std::vector<std::shared_ptr<const CallBrief>>;

// What is alive, for gauges and for the leak check of the simulator.
struct CoreGauges {
    std::size_t calls_by_state[4] = {};  // routing, ringing, up, ending
    std::size_t holds = 0;               // legs whose peer holds
    std::size_t dialogs = 0;
    std::size_t transactions = 0;
    std::size_t media_sessions = 0;
    std::size_t timers = 0;
    std::size_t registrations = 0;                     // of the core whose registrar is asked
    std::map<std::string, TrunkHealth::State> trunks;  // whose peers are asked
    std::size_t one_way = 0;  // calls of which one peer is heard, and the other silent against what was agreed
    std::map<std::string, std::size_t> trunk_legs;  // by trunk, each that the configuration names
    // Ways to a call by transaction, media session or name lookup; ACKs kept; questions to trunks.
    std::size_t index_entries = 0;
};

class Core {
public:
    // `engine` and `random` outlive the core.
    Core(std::shared_ptr<const Snapshot> snapshot, CoreSetup setup, media::Engine& engine, base::Random& random);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    // A datagram, or one message cut out of a stream.
    void on_message(base::Instant now, std::string_view text, const sip::Flow& flow, CoreOutput& out);
    // `Outgoing::transaction` of what could not be sent.
    void on_send_error(base::Instant now, sip::TransactionId transaction, CoreOutput& out);
    void on_resolved(base::Instant now, std::uint64_t id, std::optional<base::IpAddress> address, CoreOutput& out);
    // The stream has ended. For the core of the registrar, whichever shard's it was.
    void on_connection_lost(base::Instant now, std::uint64_t connection, CoreOutput& out);
    // Whom a server that ran before knew, for the core of the registrar, before anything else. Who is no user any more
    // is told to have no bindings.
    void restore(base::Instant now, const std::vector<UserBindings>& kept, CoreOutput& out);
    // What the registrar of another shard tells.
    void take_bindings(const UserBindings& told);
    void take_down_peers(std::shared_ptr<const DownPeers> down);
    // Timers that are due, and what the engine has to tell (engine.take_events()).
    void on_timeout(base::Instant now, CoreOutput& out);
    void on_media_events(base::Instant now, CoreOutput& out);
    base::Instant next_timeout() const;

    // No new calls (503 with Retry-After, OPTIONS 503); those that are up go on.
    void drain(base::Instant now);
    bool draining() const;
    // BYE (or CANCEL, or a final response) on both legs. False: no such call.
    bool hang_up(base::Instant now, std::string_view id, std::string_view reason, CoreOutput& out);
    OrderResult order(base::Instant now, std::string_view id, const LegOrder& order, CoreOutput& out);
    // A call of the operator (call_originated.cpp). Its id at once; what becomes of it is seen on the call.
    OriginateResult originate(base::Instant now, const OriginateOrder& order, CoreOutput& out);
    static constexpr std::size_t max_originated = 100;  // whose first party has not answered yet
    void hang_up_all(base::Instant now, std::string_view reason, CoreOutput& out);
    // New calls use it; those that are up keep what they had.
    void replace(base::Instant now, std::shared_ptr<const Snapshot> snapshot, CoreOutput& out);

    // Where it listens from now on; calls that are up go on where they are.
    void listen_on(std::vector<Listener> listeners);
    // Does a leg of a call go by it?
    bool uses(const Listener& listener) const;

    std::size_t call_count() const;
    CoreGauges gauges() const;
    const CoreCounters& counters() const;
    std::vector<CallView> calls(std::size_t limit) const;
    CallBriefs briefs(std::size_t limit) const;
    // As far as this core knows: how their peers are, only that of the core that watches them.
    std::vector<TrunkView> trunks() const;
    std::vector<RegistrationView> registrations(base::Instant now, std::size_t limit) const;
    std::optional<CallView> call(std::string_view id) const;
    // Of a live call, or of one of the last that have ended.
    std::optional<LadderView> ladder(std::string_view id) const;
    std::optional<TimelineView> timeline(std::string_view id) const;
    std::optional<CaptureView> capture(std::string_view id) const;
    // Nullopt: no such call lives.
    struct CallMedia {
        std::vector<media::SessionId> sessions;
        bool decrypt = false;  // it may be shown as it is inside SRTP
    };
    std::optional<CallMedia> media_of(std::string_view id) const;
    std::string call_of(media::SessionId session) const;  // its id; empty: of none

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace server
