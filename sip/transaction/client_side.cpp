#include "sip/transaction/client_side.hpp"

#include <utility>

#include "sip/message/via.hpp"
#include "sip/transaction/client_requests.hpp"

namespace sip {
namespace {

bool is_over(const std::variant<InviteClient, NonInviteClient>& machine) {
    return std::visit([](const auto& m) { return m.is_terminated(); }, machine);
}

// §18.1.1: the Via says what the message travels by.
void set_via_transport(Message& request, Transport transport) {
    auto via = Via::parse(request.first(HeaderId::via).value_or(""));
    if (!via) { return; }
    via->transport = to_via_text(transport);
    request.remove_first(HeaderId::via);
    request.add_first(HeaderId::via, via->to_string());
}

}  // namespace

TransactionId ClientSide::send_request(base::Instant now, Message request, const Flow& flow, std::string_view sent_by,
                                       LayerOutput& out) {
    request.add_first(HeaderId::via, make_via(flow.transport, sent_by, make_branch(shared_.random)));
    shared_.name_product(request);
    std::string bytes = request.to_string();
    Transaction transaction{NonInviteClient{now, flow.transport, shared_.config.timers}, {}, flow, {}, nullptr};
    transaction.pending = std::make_unique<Pending>();
    const bool too_large = bytes.size() > shared_.config.datagram_request_limit;
    if (flow.transport == Transport::udp && too_large) {
        transaction.pending->moved_to_stream = true;
        transaction.flow.transport = Transport::tcp;
        set_via_transport(request, Transport::tcp);
        bytes = request.to_string();
    }
    transaction.pending->request = std::move(request);
    const TransactionId id = start(now, std::move(transaction));
    send(id, *table_.find(id), std::move(bytes), out);
    return id;
}

// Gives the transaction its key and its machine.
TransactionId ClientSide::start(base::Instant now, Transaction transaction) {
    const Message& request = transaction.pending->request;
    if (const auto via = TopVia::read(request)) {
        transaction.key = shared_.keys.of_client(*via, request.method_text());
    }
    restart_machine(now, transaction);
    const TransactionId id = shared_.new_id();
    Transaction& stored = table_.insert(id, std::move(transaction));
    ++shared_.in_use;
    settle(id, stored);
    return id;
}

void ClientSide::restart_machine(base::Instant now, Transaction& transaction) {
    const Transport transport = transaction.flow.transport;
    if (transaction.pending->request.method() == Method::invite) {
        transaction.machine = InviteClient{now, transport, shared_.config.timers};
    } else {
        transaction.machine = NonInviteClient{now, transport, shared_.config.timers};
    }
}

void ClientSide::on_response(base::Instant now, Message response, const Flow& flow, LayerOutput& out) {
    const auto via = TopVia::read(response);
    if (!via || response.count(HeaderId::via) != 1) {  // §8.1.3.3: more than one was not sent to us
        ++shared_.counters.malformed;
        return;
    }
    const auto id = table_.id_of(shared_.keys.of_client(*via, response.method_text()));
    Transaction* const transaction = table_.find(id);
    if (transaction == nullptr) {
        out.events.push_back({TransactionEvent::Kind::stray_response, {}, std::move(response), flow});
        return;
    }
    ClientActions actions;
    const int status = response.status();
    if (status >= 200 && !transaction->pending) { ++shared_.counters.retransmissions_in; }
    std::visit([&](auto& machine) { machine.on_response(now, status, actions); }, transaction->machine);
    apply(id, *transaction, actions, Arrived{&response, &flow}, out);
    if (status >= 200) { transaction->pending.reset(); }
    if (transaction->pending) { transaction->pending->moved_to_stream = false; }  // it arrived
    const bool may_cancel_now = transaction->pending && transaction->pending->cancel_wanted;
    if (may_cancel_now) { send_cancel(now, *transaction, out); }
    settle(id, *transaction);
}

void ClientSide::cancel(base::Instant now, TransactionId invite, std::string_view reason, LayerOutput& out) {
    Transaction* const transaction = table_.find(invite);
    if (transaction == nullptr || !transaction->pending) { return; }
    const auto* const machine = std::get_if<InviteClient>(&transaction->machine);
    Pending& pending = *transaction->pending;
    if (machine == nullptr || pending.cancel_wanted || pending.cancel_sent) { return; }
    pending.cancel_wanted = true;
    pending.cancel_reason = reason;
    if (machine->state() != InviteClient::State::proceeding) { return; }  // §9.1: not before a provisional
    send_cancel(now, *transaction, out);
    settle(invite, *transaction);
}

void ClientSide::send_cancel(base::Instant now, Transaction& invite, LayerOutput& out) {
    Pending& pending = *invite.pending;
    pending.cancel_wanted = false;
    pending.cancel_sent = true;
    std::get<InviteClient>(invite.machine).on_cancel_sent(now);
    Transaction cancelling{NonInviteClient{now, invite.flow.transport, shared_.config.timers},
                           {},
                           invite.flow,
                           {},
                           std::make_unique<Pending>(),
                           true};
    cancelling.pending->request = make_cancel(pending.request, pending.cancel_reason);
    std::string bytes = cancelling.pending->request.to_string();
    const TransactionId id = start(now, std::move(cancelling));
    send(id, *table_.find(id), std::move(bytes), out);
}

void ClientSide::on_timeout(base::Instant now, TransactionId id, LayerOutput& out) {
    Transaction* const transaction = table_.find(id);
    if (transaction == nullptr) { return; }
    ClientActions actions;
    std::visit([&](auto& machine) { machine.on_timeout(now, actions); }, transaction->machine);
    apply(id, *transaction, actions, {}, out);
    settle(id, *transaction);
}

void ClientSide::on_send_error(base::Instant now, TransactionId id, LayerOutput& out) {
    Transaction* const transaction = table_.find(id);
    if (transaction == nullptr) { return; }
    if (transaction->pending && std::exchange(transaction->pending->moved_to_stream, false)) {
        return fall_back_to_datagram(now, id, *transaction, out);
    }
    ClientActions actions;
    std::visit([&](auto& machine) { machine.on_send_error(actions); }, transaction->machine);
    apply(id, *transaction, actions, {}, out);
    settle(id, *transaction);
}

// §18.1.1: only because of its size did the request go by TCP, so UDP is tried before giving up.
void ClientSide::fall_back_to_datagram(base::Instant now, TransactionId id, Transaction& transaction,
                                       LayerOutput& out) {
    transaction.flow.transport = Transport::udp;
    set_via_transport(transaction.pending->request, Transport::udp);
    restart_machine(now, transaction);
    send(id, transaction, transaction.pending->request.to_string(), out);
    settle(id, transaction);
}

void ClientSide::apply(TransactionId id, Transaction& transaction, const ClientActions& actions, Arrived arrived,
                       LayerOutput& out) {
    using Kind = TransactionEvent::Kind;
    for (const ClientAction action : actions) {
        switch (action) {
            case ClientAction::send_request:
                ++shared_.counters.retransmissions_out;
                send(id, transaction, transaction.pending->request.to_string(), out);
                break;
            case ClientAction::send_ack:
                acknowledge(id, transaction, *arrived.response, out);
                break;
            case ClientAction::pass_response:
                pass(id, transaction, arrived, out);
                break;
            case ClientAction::report_timeout:
                report(id, transaction, Kind::timeout, out);
                break;
            case ClientAction::report_send_error:
                report(id, transaction, Kind::transport_error, out);
                break;
        }
    }
}

void ClientSide::acknowledge(TransactionId id, Transaction& transaction, const Message& response, LayerOutput& out) {
    if (transaction.pending) { transaction.ack = make_failure_ack(transaction.pending->request, response).to_string(); }
    send(id, transaction, transaction.ack, out);
}

void ClientSide::pass(TransactionId id, const Transaction& transaction, Arrived arrived, LayerOutput& out) {
    if (transaction.silent || arrived.response->status() == 100) { return; }
    out.events.push_back({TransactionEvent::Kind::response, id, std::move(*arrived.response), *arrived.flow});
}

// After a final there is nothing to report any more: the user got its answer.
void ClientSide::report(TransactionId id, const Transaction& transaction, TransactionEvent::Kind kind,
                        LayerOutput& out) {
    if (!transaction.silent && transaction.pending) { out.events.push_back({kind, id, {}, {}}); }
}

void ClientSide::send(TransactionId id, const Transaction& transaction, std::string bytes, LayerOutput& out) {
    out.send.push_back({transaction.flow, std::move(bytes), id});
}

void ClientSide::settle(TransactionId id, Transaction& transaction) {
    if (!is_over(transaction.machine)) {
        const auto next = std::visit([](const auto& machine) { return machine.next_timeout(); }, transaction.machine);
        return shared_.deadlines.set(id, next);
    }
    shared_.deadlines.erase(id);
    table_.erase(id);
    --shared_.in_use;
}

}  // namespace sip
