#include "sip/transaction/server_side.hpp"

#include <utility>

#include "sip/message/name_addr.hpp"
#include "sip/transaction/response_route.hpp"

namespace sip {
namespace {

constexpr std::size_t tag_characters = 12;

std::string_view to_tag_of(const Message& message) { return tag_of(message.first(HeaderId::to).value_or("")); }

bool is_over(const std::variant<InviteServer, NonInviteServer>& machine) {
    return std::visit([](const auto& m) { return m.is_terminated(); }, machine);
}

}  // namespace

void ServerSide::on_request(base::Instant now, Message request, const Flow& flow, LayerOutput& out) {
    const auto via = TopVia::read(request);
    if (!via) {
        ++shared_.counters.malformed;
        return;
    }
    if (request.method() == Method::ack) { return on_ack(now, std::move(request), *via, flow, out); }
    const KeyDigest key = shared_.keys.of_request(request, *via, request.method_text(), to_tag_of(request));
    if (const auto id = table_.id_of(key)) { return on_repeated(now, id, flow, out); }
    if (request.method() == Method::cancel) { return on_cancel(now, std::move(request), *via, key, flow, out); }
    on_new(std::move(request), *via, key, flow, out);
}

bool ServerSide::knows(const Message& request) const {
    const auto via = TopVia::read(request);
    if (!via) { return false; }
    const auto stands = [&](Method method, std::string_view to_tag) {
        return static_cast<bool>(table_.id_of(shared_.keys.of_request(request, *via, to_text(method), to_tag)));
    };
    const std::string_view to_tag = to_tag_of(request);
    if (request.method() == Method::ack) { return stands(Method::invite, to_tag) || stands(Method::invite, {}); }
    if (request.method() == Method::cancel && stands(Method::invite, to_tag)) { return true; }
    return static_cast<bool>(table_.id_of(shared_.keys.of_request(request, *via, request.method_text(), to_tag)));
}

// Who repeats a request over another connection has lost the one before: responses take the new one.
void ServerSide::on_repeated(base::Instant now, TransactionId id, const Flow& flow, LayerOutput& out) {
    ++shared_.counters.retransmissions_in;
    Transaction& transaction = *table_.find(id);
    const bool same_peer =
        flow.transport == transaction.flow.transport && flow.remote.address == transaction.flow.remote.address;
    if (is_reliable(flow.transport) && same_peer) { transaction.flow = flow; }
    ServerActions actions;
    std::visit([&](auto& machine) { machine.on_request(actions); }, transaction.machine);
    if (actions.empty()) { return; }
    apply(now, id, transaction, actions, nullptr, out);
}

void ServerSide::on_new(Message request, const TopVia& via, const KeyDigest& key, const Flow& flow, LayerOutput& out) {
    const bool in_dialog = !to_tag_of(request).empty();
    const KeyDigest merge_key = in_dialog ? KeyDigest{} : shared_.keys.of_merged(request);
    if (!in_dialog && merge_keys_.contains(merge_key)) {
        ++shared_.counters.merged;
        return answer_stateless(std::move(request), 482, {}, flow, out);
    }
    if (is_full()) {
        ++shared_.counters.rejected_full;
        return answer_stateless(std::move(request), 503, {}, flow, out);
    }
    const TransactionId id = create(request, via, key, flow);
    if (!in_dialog) {
        table_.find(id)->merge_key = merge_key;
        merge_keys_.insert(merge_key);
    }
    stamp_source(request, via, flow);
    out.events.push_back({TransactionEvent::Kind::request, id, std::move(request), flow});
}

// §17.2.3: the ACK of a failure is the INVITE transaction's own; any other ends a dialog matter and goes to the user.
void ServerSide::on_ack(base::Instant now, Message ack, const TopVia& via, const Flow& flow, LayerOutput& out) {
    const std::string_view invite = to_text(Method::invite);
    auto id = table_.id_of(shared_.keys.of_request(ack, via, invite, to_tag_of(ack)));
    if (!id && !via.has_unique_branch()) { id = table_.id_of(shared_.keys.of_request(ack, via, invite, {})); }
    if (!id) {
        out.events.push_back({TransactionEvent::Kind::ack, {}, std::move(ack), flow});
        return;
    }
    Transaction& transaction = *table_.find(id);
    ServerActions actions;
    std::get<InviteServer>(transaction.machine).on_ack(now, actions);
    if (!actions.empty()) {
        using Kind = TransactionEvent::Kind;
        const bool of_refusal = actions.front() == ServerAction::report_ack;
        const bool named = of_refusal || via.has_unique_branch();  // RFC 2543 knows no branches
        const Kind kind = of_refusal ? Kind::refusal_acknowledged : Kind::ack;
        out.events.push_back({kind, named ? id : TransactionId{}, std::move(ack), flow});
    }
    drop_what_is_done(transaction);
    settle(now, id, transaction);
}

// §9.2. A CANCEL is answered here in any case; whether it changes anything is the INVITE's matter.
void ServerSide::on_cancel(base::Instant now, Message cancel, const TopVia& via, const KeyDigest& key, const Flow& flow,
                           LayerOutput& out) {
    const auto invite_id =
        table_.id_of(shared_.keys.of_request(cancel, via, to_text(Method::invite), to_tag_of(cancel)));
    Transaction* const invite = table_.find(invite_id);
    if (invite == nullptr) { return answer_stateless(std::move(cancel), 481, {}, flow, out); }
    if (invite->to_tag.empty()) { invite->to_tag = shared_.random.token(tag_characters); }
    answer_cancel(now, cancel, via, key, flow, invite->to_tag, out);
    const bool too_late = std::get<InviteServer>(invite->machine).has_final();
    if (too_late || std::exchange(invite->cancelled, true)) { return; }
    out.events.push_back({TransactionEvent::Kind::cancel, invite_id, std::move(cancel), flow});
}

void ServerSide::answer_cancel(base::Instant now, const Message& cancel, const TopVia& via, const KeyDigest& key,
                               const Flow& flow, std::string_view to_tag, LayerOutput& out) {
    if (is_full()) { return answer_stateless(cancel, 200, {}, flow, out); }
    const TransactionId id = create(cancel, via, key, flow);
    Message stamped = cancel;
    stamp_source(stamped, *TopVia::read(stamped), flow);
    respond(now, id, make_response(stamped, 200, to_tag), out);
}

bool ServerSide::is_full() const { return shared_.in_use >= shared_.config.max_transactions; }

TransactionId ServerSide::create(const Message& request, const TopVia& via, const KeyDigest& key, const Flow& flow) {
    const TransactionId id = shared_.new_id();
    Transaction transaction{NonInviteServer{flow.transport, shared_.config.timers}, key, {}, {}, {}, {}, via.port};
    if (request.method() == Method::invite) {
        transaction.machine = InviteServer{flow.transport, shared_.config.timers};
    }
    transaction.flow = response_flow(flow, via);
    table_.insert(id, std::move(transaction));
    ++shared_.in_use;
    return id;
}

void ServerSide::respond(base::Instant now, TransactionId id, const Message& response, LayerOutput& out) {
    Transaction* const transaction = table_.find(id);
    if (transaction == nullptr) { return; }
    ServerActions actions;
    std::visit([&](auto& machine) { machine.on_response(now, response.status(), actions); }, transaction->machine);
    if (actions.empty()) { return; }
    // A proxy that tries its targets one after the other may come back with the same request once this one failed.
    if (response.status() >= 300) { forget_merge(*transaction); }
    apply(now, id, *transaction, actions, &response, out);
}

void ServerSide::on_timeout(base::Instant now, TransactionId id, LayerOutput& out) {
    Transaction* const transaction = table_.find(id);
    if (transaction == nullptr) { return; }
    if (is_over(transaction->machine)) { return erase(id, *transaction); }
    ServerActions actions;
    std::visit([&](auto& machine) { machine.on_timeout(now, actions); }, transaction->machine);
    if (is_over(transaction->machine)) { transaction->wire.clear(); }
    apply(now, id, *transaction, actions, nullptr, out);
}

void ServerSide::on_send_error(base::Instant now, TransactionId id, LayerOutput& out) {
    Transaction* const transaction = table_.find(id);
    if (transaction == nullptr) { return; }
    const auto fallback = response_fallback(transaction->flow, transaction->sent_by_port);
    if (fallback && !std::exchange(transaction->rerouted, true)) {  // §18.2.2
        transaction->flow = *fallback;
        if (!transaction->wire.empty()) { send_again(id, *transaction, out); }
        return;
    }
    ServerActions actions;
    std::visit([&](auto& machine) { machine.on_send_error(actions); }, transaction->machine);
    if (is_over(transaction->machine)) { transaction->wire.clear(); }
    apply(now, id, *transaction, actions, nullptr, out);
}

void ServerSide::apply(base::Instant now, TransactionId id, Transaction& transaction, const ServerActions& actions,
                       const Message* response, LayerOutput& out) {
    using Kind = TransactionEvent::Kind;
    for (const ServerAction action : actions) {
        switch (action) {
            case ServerAction::send:
                send_new(id, transaction, *response, out);
                break;
            case ServerAction::send_again:
                send_again(id, transaction, out);
                break;
            case ServerAction::pass_ack:
            case ServerAction::report_ack:
                break;  // on_ack() has the message
            case ServerAction::report_no_ack:
                out.events.push_back({Kind::no_ack, id, {}, {}});
                break;
            case ServerAction::report_send_error:
                out.events.push_back({Kind::transport_error, id, {}, {}});
                break;
        }
    }
    drop_what_is_done(transaction);
    settle(now, id, transaction);
}

void ServerSide::send_new(TransactionId id, Transaction& transaction, Message response, LayerOutput& out) {
    shared_.name_product(response);
    std::string bytes = response.to_string();
    transaction.wire = std::string{std::string_view{bytes}};  // a copy of its exact size: it may stay for 32 s
    out.send.push_back({transaction.flow, std::move(bytes), id});
    if (!std::holds_alternative<InviteServer>(transaction.machine) || response.status() == 100) { return; }
    transaction.to_tag = to_tag_of(response);
}

void ServerSide::send_again(TransactionId id, const Transaction& transaction, LayerOutput& out) {
    ++shared_.counters.retransmissions_out;
    out.send.push_back({transaction.flow, transaction.wire, id});
}

// An accepted INVITE's 2xx is the user's to repeat; a confirmed one has nothing left to say.
void ServerSide::drop_what_is_done(Transaction& transaction) {
    const auto* const invite = std::get_if<InviteServer>(&transaction.machine);
    if (invite == nullptr) { return; }
    if (invite->is_quiet()) { std::string{}.swap(transaction.wire); }
}

void ServerSide::settle(base::Instant now, TransactionId id, Transaction& transaction) {
    if (!is_over(transaction.machine)) {
        const auto next = std::visit([](const auto& machine) { return machine.next_timeout(); }, transaction.machine);
        return shared_.deadlines.set(id, next);
    }
    // Over a stream a final ends the transaction at once. It is kept a little longer in case the driver reports that
    // the connection was broken, so that the response can go out over another.
    const bool may_still_fail = is_reliable(transaction.flow.transport) && !transaction.wire.empty();
    if (may_still_fail) { return shared_.deadlines.set(id, now + shared_.config.timers.t4); }
    erase(id, transaction);
}

void ServerSide::forget_merge(Transaction& transaction) {
    if (transaction.merge_key) { merge_keys_.erase(*transaction.merge_key); }
    transaction.merge_key.reset();
}

void ServerSide::erase(TransactionId id, Transaction& transaction) {
    forget_merge(transaction);
    shared_.deadlines.erase(id);
    table_.erase(id);
    --shared_.in_use;
}

}  // namespace sip
