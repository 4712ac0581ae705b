// The server transactions of the layer: matching of requests, ACK and CANCEL, answers sent again, and what the layer
// answers by itself (481, 482, 503, malformed). RFC 3261 §17.2, §8.2.2.2, §9.2, §18.2.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sip/transaction/invite_server.hpp"
#include "sip/transaction/server.hpp"
#include "sip/transaction/shared.hpp"
#include "sip/transaction/table.hpp"

namespace sip {

class ServerSide {
public:
    explicit ServerSide(LayerShared& shared) : shared_{shared} {}

    void on_request(base::Instant now, Message request, const Flow& flow, LayerOutput& out);
    // A request that the parser refused: answered without a transaction where that is possible.
    void on_malformed(ParsedMessage parsed, const Flow& flow, LayerOutput& out);
    void answer_stateless(Message request, int status, std::string_view warning, const Flow& flow, LayerOutput& out,
                          const TransactionLayer::Fields& fields = {});
    void respond(base::Instant now, TransactionId id, const Message& response, LayerOutput& out);
    // These three ignore ids of others.
    void on_timeout(base::Instant now, TransactionId id, LayerOutput& out);
    void on_send_error(base::Instant now, TransactionId id, LayerOutput& out);
    bool knows(const Message& request) const;
    bool exists(TransactionId id) const { return table_.find(id) != nullptr; }
    std::size_t size() const { return table_.size(); }

private:
    struct Transaction {
        std::variant<InviteServer, NonInviteServer> machine;
        KeyDigest key;
        std::optional<KeyDigest> merge_key;  // while copies of the request that come another way are answered 482
        Flow flow;                           // of the responses
        std::string wire;                    // the last response, while it may have to be sent again
        std::string to_tag;                  // of INVITE: for the answer to its CANCEL (§9.2)
        std::uint16_t sent_by_port = 0;
        bool rerouted = false;   // the connection broke once already
        bool cancelled = false;  // the event was given
    };

    void on_ack(base::Instant now, Message ack, const TopVia& via, const Flow& flow, LayerOutput& out);
    void on_cancel(base::Instant now, Message cancel, const TopVia& via, const KeyDigest& key, const Flow& flow,
                   LayerOutput& out);
    void answer_cancel(base::Instant now, const Message& cancel, const TopVia& via, const KeyDigest& key,
                       const Flow& flow, std::string_view to_tag, LayerOutput& out);
    void on_repeated(base::Instant now, TransactionId id, const Flow& flow, LayerOutput& out);
    void on_new(Message request, const TopVia& via, const KeyDigest& key, const Flow& flow, LayerOutput& out);
    TransactionId create(const Message& request, const TopVia& via, const KeyDigest& key, const Flow& flow);
    bool is_full() const;

    // `response`: what `send` sends.
    void apply(base::Instant now, TransactionId id, Transaction& transaction, const ServerActions& actions,
               const Message* response, LayerOutput& out);
    void send_new(TransactionId id, Transaction& transaction, Message response, LayerOutput& out);
    void send_again(TransactionId id, const Transaction& transaction, LayerOutput& out);
    void drop_what_is_done(Transaction& transaction);
    void settle(base::Instant now, TransactionId id, Transaction& transaction);
    void forget_merge(Transaction& transaction);
    void erase(TransactionId id, Transaction& transaction);

    LayerShared& shared_;
    TransactionTable<Transaction> table_;
    boost::unordered_flat_set<KeyDigest, std::hash<KeyDigest>> merge_keys_;
};

}  // namespace sip
