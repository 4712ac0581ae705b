// The client transactions of the layer: requests sent and sent again, responses matched, the ACK of a failure, CANCEL,
// and the move of large requests from UDP to TCP. RFC 3261 §17.1, §9.1, §18.1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "sip/transaction/client.hpp"
#include "sip/transaction/invite_client.hpp"
#include "sip/transaction/shared.hpp"
#include "sip/transaction/table.hpp"

namespace sip {

class ClientSide {
public:
    explicit ClientSide(LayerShared& shared) : shared_{shared} {}

    TransactionId send_request(base::Instant now, Message request, const Flow& flow, std::string_view sent_by,
                               LayerOutput& out);
    void cancel(base::Instant now, TransactionId invite, std::string_view reason, LayerOutput& out);
    void on_response(base::Instant now, Message response, const Flow& flow, LayerOutput& out);
    // These three ignore ids of others.
    void on_timeout(base::Instant now, TransactionId id, LayerOutput& out);
    void on_send_error(base::Instant now, TransactionId id, LayerOutput& out);
    bool exists(TransactionId id) const { return table_.find(id) != nullptr; }
    std::size_t size() const { return table_.size(); }

private:
    // What only matters until the final response.
    struct Pending {
        Message request;
        std::string cancel_reason;
        bool cancel_wanted = false;  // but no provisional came yet
        bool cancel_sent = false;
        bool moved_to_stream = false;
    };
    struct Transaction {
        std::variant<InviteClient, NonInviteClient> machine;
        KeyDigest key;
        Flow flow;
        std::string ack;  // of a failure, for its repetitions
        std::unique_ptr<Pending> pending;
        bool silent = false;  // a CANCEL: the user hears of its INVITE only
    };

    struct Arrived {
        Message* response = nullptr;  // moved out of when it is passed on
        const Flow* flow = nullptr;
    };

    TransactionId start(base::Instant now, Transaction transaction);
    void restart_machine(base::Instant now, Transaction& transaction);
    void send(TransactionId id, const Transaction& transaction, std::string bytes, LayerOutput& out);
    void send_cancel(base::Instant now, Transaction& invite, LayerOutput& out);
    void fall_back_to_datagram(base::Instant now, TransactionId id, Transaction& transaction, LayerOutput& out);
    void acknowledge(TransactionId id, Transaction& transaction, const Message& response, LayerOutput& out);
    void pass(TransactionId id, const Transaction& transaction, Arrived arrived, LayerOutput& out);
    void report(TransactionId id, const Transaction& transaction, TransactionEvent::Kind kind, LayerOutput& out);
    void apply(TransactionId id, Transaction& transaction, const ClientActions& actions, Arrived arrived,
               LayerOutput& out);
    void settle(TransactionId id, Transaction& transaction);

    LayerShared& shared_;
    TransactionTable<Transaction> table_;
};

}  // namespace sip
