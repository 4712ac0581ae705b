#include "sip/transaction/layer.hpp"

#include <utility>

#include "sip/transaction/client_requests.hpp"
#include "sip/transaction/client_side.hpp"
#include "sip/transaction/server_side.hpp"
#include "sip/transaction/shared.hpp"

namespace sip {

struct TransactionLayer::State {
    LayerShared shared;
    ServerSide server;
    ClientSide client;

    State(LayerConfig config, base::Random& random)
        : shared{config, random, KeyMaker{random}, {}, {}}, server{shared}, client{shared} {}
};

TransactionLayer::TransactionLayer(LayerConfig config, base::Random& random)
    : state_{std::make_unique<State>(config, random)} {}

TransactionLayer::~TransactionLayer() = default;

void TransactionLayer::on_message(base::Instant now, ParsedMessage parsed, const Flow& flow, LayerOutput& out) {
    if (parsed.error) { return state_->server.on_malformed(parsed, flow, out); }
    if (parsed.message.is_request()) { return state_->server.on_request(now, std::move(parsed.message), flow, out); }
    state_->client.on_response(now, std::move(parsed.message), flow, out);
}

// Afterwards nothing is due at `now` any more, so that whoever sleeps until next_timeout() makes progress.
void TransactionLayer::on_timeout(base::Instant now, LayerOutput& out) {
    while (const auto id = state_->shared.deadlines.pop_due(now)) {
        state_->server.on_timeout(now, *id, out);
        state_->client.on_timeout(now, *id, out);
    }
}

void TransactionLayer::on_send_error(base::Instant now, TransactionId transaction, LayerOutput& out) {
    state_->server.on_send_error(now, transaction, out);
    state_->client.on_send_error(now, transaction, out);
}

base::Instant TransactionLayer::next_timeout() const {
    const auto& deadlines = state_->shared.deadlines;
    return deadlines.size() == 0 ? base::never : deadlines.next();
}

TransactionId TransactionLayer::send_request(base::Instant now, Message request, const Flow& flow,
                                             std::string_view sent_by, LayerOutput& out) {
    return state_->client.send_request(now, std::move(request), flow, sent_by, out);
}

void TransactionLayer::respond(base::Instant now, TransactionId transaction, const Message& response,
                               LayerOutput& out) {
    state_->server.respond(now, transaction, response, out);
}

void TransactionLayer::answer_stateless(Message request, int status, const Flow& flow, LayerOutput& out,
                                        const Fields& fields) {
    state_->server.answer_stateless(std::move(request), status, {}, flow, out, fields);
}

void TransactionLayer::cancel(base::Instant now, TransactionId invite, std::string_view reason, LayerOutput& out) {
    state_->client.cancel(now, invite, reason, out);
}

Outgoing TransactionLayer::make_stateless(Message request, const Flow& flow, std::string_view sent_by) {
    request.add_first(HeaderId::via, make_via(flow.transport, sent_by, make_branch(state_->shared.random)));
    state_->shared.name_product(request);
    return {flow, request.to_string(), {}};
}

bool TransactionLayer::knows(const Message& request) const { return state_->server.knows(request); }

bool TransactionLayer::exists(TransactionId transaction) const {
    return state_->server.exists(transaction) || state_->client.exists(transaction);
}

std::size_t TransactionLayer::size() const { return state_->server.size() + state_->client.size(); }

const LayerCounters& TransactionLayer::counters() const { return state_->shared.counters; }

}  // namespace sip
