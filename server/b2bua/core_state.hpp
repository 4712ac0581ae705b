// What a core holds: the transactions, the calls, and how an event of the one finds its way to the other; who its users
// are and where. For core*.cpp alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/b2bua/call_shares.hpp"
#include "server/b2bua/call_table.hpp"
#include "server/b2bua/core.hpp"
#include "server/b2bua/ended_calls.hpp"
#include "server/b2bua/message_archive.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/sampling_wheel.hpp"
#include "server/b2bua/services.hpp"
#include "server/b2bua/trunk_pings.hpp"
#include "server/routing/registrar.hpp"
#include "server/routing/user_authority.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

inline constexpr std::size_t response_tag_length = 10;  // of responses outside of calls

// The message that a turn comes of, and who sent it.
struct Arrival {
    Party sender = {};
    std::string_view text = {};
    const sip::Flow* flow = nullptr;
};

struct Core::State {
    State(std::shared_ptr<const Snapshot> first, CoreSetup own, media::Engine& media, base::Random& numbers);

    void drain_layer(base::Instant now, sip::LayerOutput& sip, CoreOutput& out, const Arrival& arrival = {});
    void on_event(Turn& turn, sip::TransactionEvent& event);
    void on_request(Turn& turn, sip::TransactionEvent& event);
    void on_new_request(Turn& turn, sip::TransactionEvent& event);
    void on_invite(Turn& turn, sip::TransactionEvent& event);
    void on_replacing_invite(Turn& turn, const sip::TransactionEvent& event);
    void on_options(Turn& turn, const sip::TransactionEvent& event);
    void on_ack(Turn& turn, const sip::TransactionEvent& event);
    void on_refusal_over(Turn& turn, sip::TransactionId invite);
    void on_final_of_transaction(Turn& turn, const sip::TransactionEvent& event);
    void acknowledge_orphan(Turn& turn, const sip::TransactionEvent& event);
    // `of`: the call whose leg `side` asked, if it belongs to one.
    void refuse(Turn& turn, const sip::TransactionEvent& event, const RequestFault& fault, Call* of = nullptr,
                media::Side side = media::Side::a);
    // Whose leg an INVITE without To tag wants to replace, if that is here; and whether we sent it ourselves.
    std::optional<CallTable::Place> replaced_by(const sip::Message& invite) const;
    bool is_our_replacement(const sip::Message& message, const sip::Flow& flow) const;
    bool is_loop(const sip::Message& invite) const;
    // No call begins here: the server is leaving, or this listener of it.
    bool is_closed_to(const sip::Flow& flow) const;
    void settle(Turn& turn, CallKey key);
    static void tell_what_changed(Turn& turn, Call& call);
    void measure_calls(base::Instant now);
    OriginateResult originate(base::Instant now, const OriginateOrder& order, CoreOutput& out);  // core_originate.cpp

    // core_senders.cpp
    void take_in(base::Instant now, sip::ParsedMessage parsed, Arrival arrival, CoreOutput& out);
    std::variant<Party, Refusal> judge_sender(base::Instant now, const sip::Message& request, const sip::Flow& flow);
    bool continues(const sip::Message& request, const sip::Flow& flow) const;
    void turn_away(sip::Message request, const Refusal& refusal, const sip::Flow& flow, sip::LayerOutput& sip);

    // core_capture.cpp
    void learn_capture();
    void keep_message(base::Instant now, bool sent, const sip::Flow& flow, std::string_view text, CoreOutput& out);

    // core_trunks.cpp
    void learn_trunks(base::Instant now);
    void watch_trunks(Turn& turn);
    void ping(Turn& turn, const TrunkPeerName& peer);
    void send_ping(Turn& turn, const TrunkPeerName& peer, const std::optional<sip::Flow>& flow);
    bool on_peer_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address);
    bool on_ping_final(Turn& turn, const sip::TransactionEvent& event);
    void note(Turn& turn, const std::optional<TrunkHealth::Change>& change);

    // core_registrar.cpp
    void on_register(Turn& turn, const sip::TransactionEvent& event);
    void publish(base::Instant now, const std::vector<std::string>& users, CoreOutput& out);
    void learn_bindings(const UserBindings& told);
    std::vector<std::string> learn_users();

    std::shared_ptr<const Snapshot> snapshot;
    CoreSetup setup;
    media::Engine& engine;
    base::Random& random;
    sip::TransactionLayer layer;
    CoreCounters counters;
    CallTable table;
    CallShares shares;
    SamplingWheel<CallKey> sampled;
    EndedCalls ended;
    MessageArchive archive;
    bool observed = false;                   // somebody is told of each message
    std::optional<UserAuthority> authority;  // none: nobody but trunks is served
    Registrar registrar;                     // of the first shard's core; those of the others are never asked
    ReachableUsers users;
    TrunkHealth trunks;  // of the core that watches them
    TrunkPings pings;
    std::shared_ptr<const DownPeers> down_peers;
    Services services;
    bool draining = false;
};

}  // namespace server
