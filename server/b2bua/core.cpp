#include "server/b2bua/core.hpp"

#include <algorithm>
#include <utility>

#include "server/b2bua/addressing.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/call_table.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/services.hpp"
#include "sip/dialog/dialog.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/parser.hpp"
#include "sip/transaction/layer.hpp"

namespace server {
namespace {

constexpr std::string_view overload_retry_after = "5";
constexpr std::size_t to_tag_length = 10;

sip::LayerConfig layer_config(const config::Config& config) {
    sip::LayerConfig layer;
    layer.timers.t1 = config.sip.timers.t1;
    layer.product = config.server.name;
    return layer;
}

std::string tag_in(const sip::Message& message, sip::HeaderId id) {
    const auto value = message.first(id);
    return std::string{value ? sip::tag_of(*value) : std::string_view{}};
}

}  // namespace

struct Core::State {
    State(std::shared_ptr<const Snapshot> first, CoreSetup own, media::Engine& media, base::Random& numbers)
        : snapshot{std::move(first)},
          setup{std::move(own)},
          engine{media},
          random{numbers},
          layer{layer_config(snapshot->config), numbers},
          services{setup, layer, engine, random, counters, table, layer_config(snapshot->config).timers} {}

    void drain_layer(base::Instant now, sip::LayerOutput& sip, CoreOutput& out);
    void on_event(Turn& turn, sip::TransactionEvent& event);
    void on_request(Turn& turn, sip::TransactionEvent& event);
    void on_new_request(Turn& turn, sip::TransactionEvent& event);
    void on_invite(Turn& turn, sip::TransactionEvent& event);
    void on_options(Turn& turn, const sip::TransactionEvent& event);
    void on_ack(Turn& turn, const sip::TransactionEvent& event);
    void on_final_of_transaction(Turn& turn, const sip::TransactionEvent& event);
    void acknowledge_orphan(Turn& turn, const sip::TransactionEvent& event);
    void refuse(Turn& turn, const sip::TransactionEvent& event, const RequestFault& fault);
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
    Services services;
    bool draining = false;
};

// Carries each event to its end; what that makes happen in the layer is appended and carried out in turn.
void Core::State::drain_layer(base::Instant now, sip::LayerOutput& sip, CoreOutput& out) {
    Turn turn{now, sip, out};
    for (std::size_t i = 0; i < sip.events.size(); ++i) {
        sip::TransactionEvent event = std::move(sip.events[i]);
        on_event(turn, event);
    }
    std::move(sip.send.begin(), sip.send.end(), std::back_inserter(out.send));
    counters.retransmissions_in = layer.counters().retransmissions_in;
    counters.retransmissions_out = layer.counters().retransmissions_out;
}

void Core::State::on_event(Turn& turn, sip::TransactionEvent& event) {
    using Kind = sip::TransactionEvent::Kind;
    switch (event.kind) {
        case Kind::request:
            return on_request(turn, event);
        case Kind::ack:
            return on_ack(turn, event);
        case Kind::response:
            ++counters.responses_in[{event.message.method(), event.message.status()}];
            return on_final_of_transaction(turn, event);
        case Kind::timeout:
        case Kind::transport_error:
            return on_final_of_transaction(turn, event);
        case Kind::cancel: {
            ++counters.requests_in[{sip::Method::cancel, event.flow.transport}];
            const auto place = table.of_transaction(event.transaction);
            if (!place) { return; }
            table.find(place->call)->on_cancel(turn, place->side, event.transaction);
            return settle(place->call);
        }
        case Kind::stray_response:
            ++counters.dropped["stray_response"];
            return;
        case Kind::no_ack:
            return;  // of a refusal: nothing is left that could end
    }
}

void Core::State::on_request(Turn& turn, sip::TransactionEvent& event) {
    const sip::Message& request = event.message;
    ++counters.requests_in[{request.method(), event.flow.transport}];
    const std::string to_tag = tag_in(request, sip::HeaderId::to);
    if (to_tag.empty()) { return on_new_request(turn, event); }
    const auto place = table.of_dialog(request.first(sip::HeaderId::call_id).value_or(""), to_tag);
    Call* call = place ? table.find(place->call) : nullptr;
    const Leg* leg = call != nullptr ? call->leg(place->side) : nullptr;
    if (leg == nullptr || !leg->dialog || !leg->dialog->matches_request(request)) {
        return refuse(turn, event, RequestFault{481, {}, {}, {}});
    }
    if (const auto fault = check_request(request)) { return refuse(turn, event, *fault); }
    if (request.method() == sip::Method::invite) { table.watch(event.transaction, place->call, place->side); }
    call->on_request(turn, place->side, event.transaction, request, event.flow);
    settle(place->call);
}

void Core::State::on_new_request(Turn& turn, sip::TransactionEvent& event) {
    const Trunk* trunk = snapshot->routing->trunk_of(event.flow.remote.address);
    if (const auto fault = check_request(event.message)) {
        ++counters.trunk_rejected[{trunk->name(), std::to_string(fault->status)}];
        return refuse(turn, event, *fault);
    }
    switch (event.message.method()) {
        case sip::Method::invite:
            return on_invite(turn, event);
        case sip::Method::options:
            return on_options(turn, event);
        case sip::Method::bye:
        case sip::Method::info:
            return refuse(turn, event, RequestFault{481, {}, {}, {}});
        default:
            return refuse(turn, event, RequestFault{405, {}, "Allow", std::string{allowed_methods}});
    }
}

void Core::State::on_invite(Turn& turn, sip::TransactionEvent& event) {
    if (draining) {
        return refuse(turn, event, RequestFault{503, {}, "Retry-After", std::string{overload_retry_after}});
    }
    if (is_loop(event.message)) { return refuse(turn, event, RequestFault{482, {}, {}, {}}); }
    const Trunk* trunk = snapshot->routing->trunk_of(event.flow.remote.address);
    const CallKey key = table.next_key();
    Call& call = table.add(std::make_unique<Call>(key, snapshot, services));
    table.watch(event.transaction, key, media::Side::a);
    call.start(turn, event.transaction, std::move(event.message), event.flow, *trunk);
    settle(key);
}

// Neither from a trunk nor of a dialog or a transaction that we know: a trunk's peers are free to send from elsewhere.
bool Core::State::is_stranger(const sip::Message& message, const sip::Flow& flow) const {
    if (!message.is_request() || snapshot->routing->trunk_of(flow.remote.address) != nullptr) { return false; }
    const std::string to_tag = tag_in(message, sip::HeaderId::to);
    const auto call_id = message.first(sip::HeaderId::call_id).value_or("");
    return (to_tag.empty() || !table.of_dialog(call_id, to_tag)) && !layer.knows(message);
}

// Whoever is not known is told nothing, not even what it did wrong, and leaves nothing behind: one small answer to each
// datagram, or else forged sources would fill the transactions and have others bombarded with repetitions.
void Core::State::turn_away(sip::Message request, const sip::Flow& flow, sip::LayerOutput& sip) {
    ++counters.requests_in[{request.method(), flow.transport}];
    if (request.method() == sip::Method::ack) {
        ++counters.dropped["stray_ack"];
        return;
    }
    const int status = tag_in(request, sip::HeaderId::to).empty() ? 403 : 481;
    ++counters.trunk_rejected[{"", "unknown_source"}];
    ++counters.responses_out[{request.method(), status}];
    layer.answer_stateless(std::move(request), status, flow, sip);
}

// An INVITE of ours that came back unchanged: same Call-ID, our own tag, same place. A different Request-URI is a
// spiral and is routed; Max-Forwards bounds it.
bool Core::State::is_loop(const sip::Message& invite) const {
    const auto place =
        table.of_dialog(invite.first(sip::HeaderId::call_id).value_or(""), tag_in(invite, sip::HeaderId::from));
    const Call* call = place && place->side == media::Side::b ? table.find(place->call) : nullptr;
    return call != nullptr && call->sent_invite_to(invite.request_uri());
}

void Core::State::on_options(Turn& turn, const sip::TransactionEvent& event) {
    if (draining) {
        return refuse(turn, event, RequestFault{503, {}, "Retry-After", std::string{overload_retry_after}});
    }
    sip::Message response = sip::make_response(event.message, 200, random.token(to_tag_length));
    response.add(sip::HeaderId::allow, allowed_methods);
    response.add(sip::HeaderId::accept, accepted_bodies);
    response.add(sip::HeaderId::accept_encoding, "identity");
    response.add(sip::HeaderId::supported, "");
    ++counters.responses_out[{sip::Method::options, 200}];
    layer.respond(turn.now, event.transaction, response, turn.sip);
}

void Core::State::refuse(Turn& turn, const sip::TransactionEvent& event, const RequestFault& fault) {
    sip::Message response = sip::make_response(event.message, fault.status, random.token(to_tag_length));
    if (!fault.header.empty()) { response.add(fault.header, fault.value); }
    if (!fault.warning.empty()) { add_warning(response, 399, fault.warning); }
    ++counters.responses_out[{event.message.method(), fault.status}];
    layer.respond(turn.now, event.transaction, response, turn.sip);
}

void Core::State::on_ack(Turn& turn, const sip::TransactionEvent& event) {
    ++counters.requests_in[{sip::Method::ack, event.flow.transport}];
    const auto place = table.of_dialog(event.message.first(sip::HeaderId::call_id).value_or(""),
                                       tag_in(event.message, sip::HeaderId::to));
    Call* call = place ? table.find(place->call) : nullptr;
    const Leg* leg = call != nullptr ? call->leg(place->side) : nullptr;
    if (leg == nullptr || !leg->dialog || !leg->dialog->matches_request(event.message)) {
        ++counters.dropped["stray_ack"];
        return;
    }
    call->on_ack(turn, place->side, event.message);
    settle(place->call);
}

void Core::State::on_final_of_transaction(Turn& turn, const sip::TransactionEvent& event) {
    const auto place = table.of_transaction(event.transaction);
    Call* call = place ? table.find(place->call) : nullptr;
    if (call == nullptr) {
        table.forget(event.transaction);
        return acknowledge_orphan(turn, event);
    }
    using Kind = sip::TransactionEvent::Kind;
    if (event.kind == Kind::response) {
        call->on_response(turn, place->side, event.transaction, event.message);
        // A 2xx to INVITE may come again; every other final is the last word of its transaction.
        const bool last = event.message.status() >= 300 ||
                          (event.message.status() >= 200 && event.message.method() != sip::Method::invite);
        if (last) { table.forget(event.transaction); }
    } else {
        call->on_failure(turn, place->side, event.transaction, event.kind == Kind::timeout);
        table.forget(event.transaction);
    }
    settle(place->call);
}

// A 2xx of an INVITE whose call is gone: our ACK was lost, or it was late. Everything that its ACK needs is in it
// (RFC 3261 §13.2.2.4); without one the peer repeats it for 64·T1.
void Core::State::acknowledge_orphan(Turn& turn, const sip::TransactionEvent& event) {
    const sip::Message& response = event.message;
    const bool answer = event.kind == sip::TransactionEvent::Kind::response && response.status() >= 200 &&
                        response.status() < 300 && response.method() == sip::Method::invite;
    if (!answer) { return; }
    const auto place =
        table.of_dialog(response.first(sip::HeaderId::call_id).value_or(""), tag_in(response, sip::HeaderId::from));
    Call* call = place && place->side == media::Side::b ? table.find(place->call) : nullptr;
    if (call != nullptr && call->on_late_answer(turn, response)) { return; }
    auto request = sip::Message::request(sip::Method::invite, "sip:invalid");
    for (const auto id : {sip::HeaderId::from, sip::HeaderId::call_id, sip::HeaderId::cseq}) {
        request.add(id, response.first(id).value_or(""));
    }
    const auto dialog = sip::Dialog::as_caller(request, response);
    const auto cseq = sip::CSeq::parse(response.first(sip::HeaderId::cseq).value_or(""));
    if (!dialog || !cseq) { return; }
    const sip::Flow way = next_flow(*dialog, event.flow, setup);
    const auto own = own_address(way, snapshot->config, setup);
    sip::Message ack = dialog->make_ack(cseq->number);
    const std::string answer_sdp = table.kept_answer(event.transaction);
    ack.set_body(answer_sdp.empty() ? std::string_view{} : "application/sdp", answer_sdp);
    turn.sip.send.push_back(layer.make_stateless(std::move(ack), way, own.sent_by));
}

// After a turn: the call's next deadline, or its end.
void Core::State::settle(CallKey key) {
    Call* call = table.find(key);
    if (call == nullptr) { return; }
    if (call->finished()) { return table.remove(key); }
    table.deadlines.set(key, call->next_timeout());
}

Core::Core(std::shared_ptr<const Snapshot> snapshot, CoreSetup setup, media::Engine& engine, base::Random& random)
    : state_{std::make_unique<State>(std::move(snapshot), std::move(setup), engine, random)} {}

Core::~Core() = default;

void Core::on_message(base::Instant now, std::string_view text, const sip::Flow& flow, CoreOutput& out) {
    sip::Limits limits;
    limits.message = state_->snapshot->config.sip.limits.message;
    auto parsed = sip::parse_message(text, is_reliable(flow.transport), limits);
    if (parsed.error) { ++state_->counters.parse_errors[parsed.error->fault]; }
    sip::LayerOutput sip;
    if (!parsed.error && state_->is_stranger(parsed.message, flow)) {
        state_->turn_away(std::move(parsed.message), flow, sip);
    } else {
        state_->layer.on_message(now, std::move(parsed), flow, sip);
    }
    state_->drain_layer(now, sip, out);
}

void Core::on_send_error(base::Instant now, sip::TransactionId transaction, CoreOutput& out) {
    sip::LayerOutput sip;
    state_->layer.on_send_error(now, transaction, sip);
    state_->drain_layer(now, sip, out);
}

void Core::on_resolved(base::Instant now, std::uint64_t id, std::optional<base::IpAddress> address, CoreOutput& out) {
    const auto key = state_->table.of_resolution(id);
    Call* call = key ? state_->table.find(*key) : nullptr;
    if (call == nullptr) { return; }
    sip::LayerOutput sip;
    Turn turn{now, sip, out};
    call->on_resolved(turn, id, address);
    state_->settle(*key);
    state_->drain_layer(now, sip, out);
}

void Core::on_timeout(base::Instant now, CoreOutput& out) {
    sip::LayerOutput sip;
    state_->layer.on_timeout(now, sip);
    state_->table.drop_answers(state_->layer);
    Turn turn{now, sip, out};
    while (const auto key = state_->table.deadlines.pop_due(now)) {
        Call* call = state_->table.find(*key);
        if (call == nullptr) { continue; }
        call->on_timeout(turn);
        state_->settle(*key);
    }
    state_->drain_layer(now, sip, out);
}

void Core::on_media_events(base::Instant now, CoreOutput& out) {
    sip::LayerOutput sip;
    Turn turn{now, sip, out};
    for (const auto& event : state_->engine.take_events()) {
        const auto key = state_->table.of_session(event.session);
        Call* call = key ? state_->table.find(*key) : nullptr;
        if (call == nullptr) { continue; }
        call->on_media_event(turn, event);
        state_->settle(*key);
    }
    state_->drain_layer(now, sip, out);
}

base::Instant Core::next_timeout() const {
    return std::min(state_->layer.next_timeout(), state_->table.deadlines.next());
}

void Core::drain(base::Instant) { state_->draining = true; }
bool Core::draining() const { return state_->draining; }

bool Core::hang_up(base::Instant now, std::string_view id, std::string_view reason, CoreOutput& out) {
    Call* call = state_->table.find_id(id);
    if (call == nullptr) { return false; }
    sip::LayerOutput sip;
    Turn turn{now, sip, out};
    const CallKey key = call->key();
    call->hang_up(turn, reason);
    state_->settle(key);
    state_->drain_layer(now, sip, out);
    return true;
}

void Core::hang_up_all(base::Instant now, std::string_view reason, CoreOutput& out) {
    std::vector<std::string> ids;
    for (const auto& [key, call] : state_->table.all()) { ids.push_back(call->id()); }
    for (const auto& id : ids) { hang_up(now, id, reason, out); }
}

void Core::replace(std::shared_ptr<const Snapshot> snapshot) { state_->snapshot = std::move(snapshot); }

std::size_t Core::call_count() const { return state_->table.size(); }

CoreGauges Core::gauges() const {
    CoreGauges gauges;
    for (const auto& [key, call] : state_->table.all()) {
        ++gauges.calls_by_state[static_cast<std::size_t>(call->state())];
        gauges.media_sessions += call->has_media() ? 1 : 0;
    }
    gauges.dialogs = state_->table.dialogs();
    gauges.transactions = state_->layer.size();
    gauges.timers = state_->table.deadlines.size();
    return gauges;
}

const CoreCounters& Core::counters() const { return state_->counters; }

std::vector<CallView> Core::calls(std::size_t limit) const {
    std::vector<CallView> views;
    for (const auto& [key, call] : state_->table.all()) {
        if (views.size() == limit) { break; }
        views.push_back(call->view());
    }
    return views;
}

std::optional<CallView> Core::call(std::string_view id) const {
    const Call* call = state_->table.find_id(id);
    return call == nullptr ? std::nullopt : std::optional{call->view()};
}

}  // namespace server
