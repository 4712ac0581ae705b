// What a core holds: the transactions, the calls, and how an event of the one finds its way to the other. For core*.cpp
// alone.
#pragma once

#include <memory>

#include "server/b2bua/call_table.hpp"
#include "server/b2bua/core.hpp"
#include "server/b2bua/ended_calls.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/services.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

struct Core::State {
    State(std::shared_ptr<const Snapshot> first, CoreSetup own, media::Engine& media, base::Random& numbers);

    void drain_layer(base::Instant now, sip::LayerOutput& sip, CoreOutput& out);
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
    bool is_stranger(const sip::Message& message, const sip::Flow& flow) const;
    void turn_away(sip::Message request, const sip::Flow& flow, sip::LayerOutput& sip);
    bool is_loop(const sip::Message& invite) const;
    void settle(CallKey key);

    std::shared_ptr<const Snapshot> snapshot;
    CoreSetup setup;
    media::Engine& engine;
    base::Random& random;
    sip::TransactionLayer layer;
    CoreCounters counters;
    CallTable table;
    EndedCalls ended;
    Services services;
    bool draining = false;
};

}  // namespace server
