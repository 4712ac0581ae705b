#include "server/b2bua/core.hpp"

#include <algorithm>
#include <utility>

#include "server/b2bua/addressing.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/core_state.hpp"
#include "sip/message/parser.hpp"

namespace server {
namespace {

sip::LayerConfig layer_config(const config::Config& config) {
    sip::LayerConfig layer;
    layer.timers.t1 = config.sip.timers.t1;
    layer.product = config.server.name;
    return layer;
}

sip::SessionTimerConfig session_timers(const config::Config& config) {
    return {std::chrono::duration_cast<std::chrono::seconds>(config.sip.timers.session_expires),
            std::chrono::duration_cast<std::chrono::seconds>(config.sip.timers.min_se)};
}

}  // namespace

Core::State::State(std::shared_ptr<const Snapshot> first, CoreSetup own, media::Engine& media, base::Random& numbers)
    : snapshot{std::move(first)},
      setup{std::move(own)},
      engine{media},
      random{numbers},
      layer{layer_config(snapshot->config), numbers},
      registrar{{}},
      services{setup,
               layer,
               engine,
               random,
               counters,
               table,
               users,
               down_peers,
               layer_config(snapshot->config).timers,
               session_timers(snapshot->config)} {
    learn_users();
    learn_trunks({});
    learn_capture();
}

Core::Core(std::shared_ptr<const Snapshot> snapshot, CoreSetup setup, media::Engine& engine, base::Random& random)
    : state_{std::make_unique<State>(std::move(snapshot), std::move(setup), engine, random)} {}

Core::~Core() = default;

void Core::on_message(base::Instant now, std::string_view text, const sip::Flow& flow, CoreOutput& out) {
    sip::Limits limits;
    limits.message = state_->snapshot->config.sip.limits.message;
    auto parsed = sip::parse_message(text, sip::is_stream(flow.transport), limits);
    if (parsed.error) { ++state_->counters.parse_errors[parsed.error->fault]; }
    state_->take_in(now, std::move(parsed), {{}, text, &flow}, out);
}

void Core::on_send_error(base::Instant now, sip::TransactionId transaction, CoreOutput& out) {
    sip::LayerOutput sip;
    state_->layer.on_send_error(now, transaction, sip);
    state_->drain_layer(now, sip, out);
}

void Core::on_resolved(base::Instant now, std::uint64_t id, std::optional<base::IpAddress> address, CoreOutput& out) {
    sip::LayerOutput sip;
    Turn turn{now, sip, out};
    const auto key = state_->table.of_resolution(id);
    if (state_->on_peer_resolved(turn, id, address)) { return state_->drain_layer(now, sip, out); }
    Call* call = key ? state_->table.find(*key) : nullptr;
    if (call == nullptr) { return; }
    call->on_resolved(turn, id, address);
    state_->settle(turn, *key);
    state_->drain_layer(now, sip, out);
}

void Core::on_timeout(base::Instant now, CoreOutput& out) {
    sip::LayerOutput sip;
    state_->layer.on_timeout(now, sip);
    state_->table.drop_acks(state_->layer);
    state_->publish(now, state_->registrar.on_timeout(now), out);
    Turn turn{now, sip, out};
    state_->watch_trunks(turn);
    state_->measure_calls(now);
    while (const auto key = state_->table.deadlines.pop_due(now)) {
        Call* call = state_->table.find(*key);
        if (call == nullptr) { continue; }
        call->on_timeout(turn);
        state_->settle(turn, *key);
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
        state_->settle(turn, *key);
    }
    state_->drain_layer(now, sip, out);
}

base::Instant Core::next_timeout() const {
    return std::min({state_->layer.next_timeout(), state_->table.deadlines.next(), state_->registrar.next_timeout(),
                     state_->trunks.next_timeout(), state_->sampled.next()});
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
    state_->settle(turn, key);
    state_->drain_layer(now, sip, out);
    return true;
}

OrderResult Core::order(base::Instant now, std::string_view id, const LegOrder& order, CoreOutput& out) {
    Call* call = state_->table.find_id(id);
    if (call == nullptr) { return OrderResult::no_such_call; }
    sip::LayerOutput sip;
    Turn turn{now, sip, out};
    const CallKey key = call->key();
    const OrderResult result = call->take_order(turn, order);
    state_->settle(turn, key);
    state_->drain_layer(now, sip, out);
    return result;
}

void Core::hang_up_all(base::Instant now, std::string_view reason, CoreOutput& out) {
    std::vector<std::string> ids;
    for (const auto& [key, call] : state_->table.all()) { ids.push_back(call->id()); }
    for (const auto& id : ids) { hang_up(now, id, reason, out); }
}

void Core::listen_on(std::vector<Listener> listeners) { state_->setup.listeners = std::move(listeners); }

bool Core::uses(const Listener& listener) const {
    return std::ranges::any_of(state_->table.all(), [&](const auto& entry) { return entry.second->uses(listener); });
}

std::size_t Core::call_count() const { return state_->table.size(); }

CoreGauges Core::gauges() const {
    CoreGauges gauges;
    state_->shares.fill(gauges);
    for (const auto& [name, trunk] : state_->snapshot->config.trunks) { gauges.trunk_legs.try_emplace(name, 0); }
    gauges.dialogs = state_->table.dialogs();
    gauges.transactions = state_->layer.size();
    gauges.registrations = state_->registrar.size();
    gauges.timers = state_->table.deadlines.size();
    gauges.trunks = state_->trunks.of_trunks();
    gauges.index_entries = state_->table.index_entries() + state_->pings.size() + state_->sampled.size();
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

CallBriefs Core::briefs(std::size_t limit) const {
    CallBriefs briefs;
    briefs.reserve(std::min(limit, state_->table.size()));
    for (const auto& [key, call] : state_->table.all()) {
        if (briefs.size() == limit) { break; }
        briefs.push_back(call->brief());
    }
    return briefs;
}

std::optional<CallView> Core::call(std::string_view id) const {
    const Call* call = state_->table.find_id(id);
    return call == nullptr ? std::nullopt : std::optional{call->view()};
}

std::optional<LadderView> Core::ladder(std::string_view id) const {
    if (const Call* call = state_->table.find_id(id)) { return call->ladder(); }
    const LadderView* ended = state_->ended.find(id);
    return ended == nullptr ? std::nullopt : std::optional{*ended};
}

std::optional<TimelineView> Core::timeline(std::string_view id) const {
    if (const Call* call = state_->table.find_id(id)) { return timeline_of(*call); }
    const TimelineView* ended = state_->ended.find_timeline(id);
    return ended == nullptr ? std::nullopt : std::optional{*ended};
}

}  // namespace server
