#include "tests/simulation/world/world.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>

#include "tests/simulation/world/belief_check.hpp"
#include "tests/simulation/world/hearing_check.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

constexpr Duration look_every = 500ms;

std::shared_ptr<const server::Snapshot> snapshot_for(const World::Configure& configure) {
    static const auto plain = make_snapshot({});
    return configure ? make_snapshot(configure) : plain;
}

}  // namespace

World::World(std::uint64_t seed, const Configure& configure) : World{seed, snapshot_for(configure)} {}

World::World(std::uint64_t seed, std::shared_ptr<const server::Snapshot> snapshot)
    : random{seed},
      network{clock, random, trace},
      engine{clock, network, random, trace},
      snapshot_{std::move(snapshot)},
      core_{make_core()} {
    trace.name(server_endpoint(false), "S");
    trace.name(server_endpoint(true), "S");
    inspector.secrets = [this](const base::Endpoint& endpoint) { return secrets_for(endpoint); };
    listen(server_endpoint(false));
    listen(server_endpoint(true));
    clock.after(look_every, [this] { look(); });
}

World::~World() = default;

std::unique_ptr<server::Core> World::make_core() {
    return std::make_unique<server::Core>(snapshot_, make_setup(), engine, random);
}

void World::restart() {
    core_ = make_core();
    details.clear();
    events.clear();
    watch_.forget();
    engine.drop_all(clock.now());
    inspector.forget();
}

std::string World::number(int seat, Kind kind) {
    constexpr std::array prefixes{"b", "t", "six"};  // who speaks WebSocket has no number
    return prefixes.at(static_cast<std::size_t>(kind)) + std::to_string(seat);
}

Phone& World::add_caller(int seat, Kind kind) {
    Identity identity;
    identity.name = seat == 0 ? "A" : "A" + std::to_string(seat);
    identity.user = "caller" + std::to_string(seat);
    identity.sip = sip_endpoint('a', seat, static_cast<int>(kind));
    identity.tone = tone_hz(2 * seat);
    identity.websocket = kind == Kind::websocket;
    identity.stream = kind == Kind::tcp || identity.websocket;
    return add(std::move(identity), kind == Kind::v6);
}

Phone& World::add_callee(int seat, Kind kind) {
    Identity identity;
    identity.name = seat == 0 ? "B" : "B" + std::to_string(seat);
    identity.user = number(seat, kind);
    identity.sip = sip_endpoint('b', seat, static_cast<int>(kind));
    identity.tone = tone_hz(2 * seat + 1);
    identity.stream = kind == Kind::tcp;
    return add(std::move(identity), kind == Kind::v6);
}

Phone& World::add_device(const std::string& user, Kind kind) {
    Identity identity;
    identity.name = user + std::to_string(devices_);
    identity.user = user;
    identity.sip = sip_endpoint('u', devices_, static_cast<int>(kind));
    identity.tone = tone_hz(tone_count / 2 + devices_++);
    identity.websocket = kind == Kind::websocket;
    identity.stream = kind == Kind::tcp || identity.websocket;
    Phone& phone = add(std::move(identity), kind == Kind::v6);
    phone.password = "secret";
    return phone;
}

Phone& World::add_line(const Phone& of) {
    Identity identity = of.identity();
    ++lines_;
    identity.name += "'";
    identity.sip.port = static_cast<std::uint16_t>(identity.sip.port + 2 * lines_);
    identity.rtp.port = static_cast<std::uint16_t>(identity.rtp.port + 10 * lines_);
    identity.tone = tone_hz(tone_count - lines_);  // from the end that the seats reach last
    return add(std::move(identity), of.identity().sip.address.is_v6());
}

Phone& World::add(Identity identity, bool v6) {
    if (identity.rtp.port == 0) { identity.rtp = {identity.sip.address, 4000}; }
    phones.push_back(
        std::make_unique<Phone>(Ground{clock, network, random, trace}, std::move(identity), server_endpoint(v6)));
    return *phones.back();
}

// Words of the other leg. A caller has no dialog with us before it has called.
std::vector<std::string> World::secrets_for(const base::Endpoint& endpoint) const {
    std::vector<std::string> words;
    for (const Pair& pair : pairs_) {
        for (const bool to_a : {true, false}) {
            const Phone& near = to_a ? *pair.a : *pair.b;
            const Phone& far = to_a ? *pair.b : *pair.a;
            if (near.identity().sip != endpoint) { continue; }
            words.insert(words.end(),
                         {far.call_id(), far.local_tag(), far.contact_user(), far.identity().sip.address.to_string()});
        }
    }
    return words;
}

void World::listen(const base::Endpoint& endpoint) {
    network.attach(endpoint, [this, endpoint](const Datagram& datagram) {
        const bool is_stream = datagram.kind == Datagram::Kind::sip_stream;
        sip::Flow flow;
        flow.transport = !is_stream                    ? sip::Transport::udp
                         : is_websocket(datagram.from) ? sip::Transport::ws
                                                       : sip::Transport::tcp;
        flow.local = endpoint;
        flow.remote = datagram.from;
        flow.connection = is_stream ? connection_of(datagram.from) : 0;
        server::CoreOutput out;
        inspector.on_received(datagram);
        spoken_to_at_ = clock.now();
        core_->on_message(clock.now(), datagram.bytes, flow, out);
        carry_out(out);
        inspector.on_step_end();
    });
}

void World::lose_connection(const Phone& phone) {
    server::CoreOutput out;
    core_->on_connection_lost(clock.now(), connection_of(phone.identity().sip), out);
    carry_out(out);
    ++connections_lost_[phone.identity().sip];
}

bool World::is_websocket(const base::Endpoint& remote) const {
    return std::any_of(phones.begin(), phones.end(), [&](const auto& phone) {
        return phone->identity().websocket && phone->identity().sip == remote;
    });
}

std::uint64_t World::connection_of(const base::Endpoint& remote) const {
    const auto lost = connections_lost_.find(remote);
    const std::uint64_t number = std::hash<base::Endpoint>{}(remote) | 1U;
    return lost == connections_lost_.end() ? number : number + 2 * lost->second;
}

void World::fail_to_send(sip::TransactionId transaction) {
    clock.after(1ms, [this, transaction] {
        server::CoreOutput more;
        core_->on_send_error(clock.now(), transaction, more);
        carry_out(more);
    });
}

void World::carry_out(server::CoreOutput& out) {
    for (const sip::Outgoing& outgoing : out.send) {
        const base::Endpoint& remote = outgoing.flow.remote;
        const bool broken = outgoing.flow.connection != 0 && outgoing.flow.connection != connection_of(remote);
        if (broken || std::find(refused_.begin(), refused_.end(), remote) != refused_.end()) {
            fail_to_send(outgoing.transaction);
            continue;
        }
        Datagram datagram;
        const bool is_stream = outgoing.flow.transport != sip::Transport::udp;
        datagram.kind = is_stream ? Datagram::Kind::sip_stream : Datagram::Kind::sip;
        datagram.from = server_endpoint(outgoing.flow.remote.address.is_v6());
        datagram.to = outgoing.flow.remote;
        datagram.bytes = outgoing.bytes;
        inspector.on_sent(datagram);
        network.send(std::move(datagram));
    }
    std::move(out.details.begin(), out.details.end(), std::back_inserter(details));
    for (const server::Event& event : out.events) { watch_.take(event); }
    std::move(out.events.begin(), out.events.end(), std::back_inserter(events));
    if (!trace.records) { out.log.clear(); }
    for (const server::LogEvent& event : out.log) {
        std::string text = "log " + event.event;
        for (const auto& [name, value] : event.fields) { text += " " + name + "=" + value; }
        trace.note(std::move(text));
    }
    for (const server::ResolveRequest& request : out.resolve) {
        clock.after(5ms, [this, id = request.id] {
            server::CoreOutput more;
            core_->on_resolved(clock.now(), id, std::nullopt, more);
            carry_out(more);
        });
    }
    out = {};
    if (!engine.has_events()) { return; }
    core_->on_media_events(clock.now(), out);
    carry_out(out);
}

void World::step(Instant next, bool media_is_due) {
    constexpr int too_many = 10'000;
    idle_steps_ = next > clock.now() ? 0 : idle_steps_ + 1;
    if (idle_steps_ > too_many) {
        throw std::logic_error{"time stands still: a timer is due and never served\n" + report()};
    }
    clock.move_to(next);
    if (clock.next() <= next) {
        clock.run_next();
        if (!engine.has_events()) { return; }
    }
    server::CoreOutput out;
    if (media_is_due) { engine.on_timeout(next); }
    if (core_->next_timeout() <= next) { core_->on_timeout(next, out); }
    carry_out(out);
}

void World::pass(Duration time) {
    const Instant end = clock.now() + time;
    while (true) {
        const Instant media = engine.next_timeout();
        const Instant next = std::min({clock.next(), core_->next_timeout(), media});
        if (next > end) { break; }
        step(std::max(next, clock.now()), media <= next);
    }
    clock.move_to(end);
}

void World::hang_up(const std::string& id) {
    server::CoreOutput out;
    core_->hang_up(clock.now(), id, "normal", out);
    carry_out(out);
}

server::OrderResult World::order(media::Side leg, server::LegOrder::Kind kind) {
    const auto calls = core_->calls(1);
    server::CoreOutput out;
    const auto result = core_->order(clock.now(), calls.empty() ? "none" : calls.front().id, {leg, kind}, out);
    carry_out(out);
    return result;
}

server::OriginateResult World::originate(const server::OriginateOrder& asked) {
    server::CoreOutput out;
    auto result = core_->originate(clock.now(), asked, out);
    carry_out(out);
    return result;
}

void World::hang_up_all(const std::string& reason) {
    server::CoreOutput out;
    core_->hang_up_all(clock.now(), reason, out);
    carry_out(out);
}

void World::look() {
    if (finished_) { return; }
    for (const auto& phone : phones) { check_belief(*phone); }
    watch_.compare(core_->briefs(core_->call_count()));
    if (++looks_ % 4 == 0) { check_states(); }
    clock.after(look_every, [this] { look(); });
}

bool World::is_at_rest(const Phone& phone) const {
    const auto& history = phone.history();
    if (!phone.checks || history.empty() || !history.back().is_settled || clock.now() - history.back().at < 1s) {
        return false;
    }
    // Whoever transferred its call is rid of it with the last NOTIFY, which may have to be repeated before its BYE.
    if (inspector.is_busy(phone.call_id()) || phone.awaits_notice()) { return false; }
    const auto& changes = inspector.busy_history(phone.call_id());
    return changes.empty() || clock.now() - changes.back().at >= 1s;
}

// F.2: in a quiet moment the media plane does what the phone believes was agreed.
void World::check_belief(const Phone& phone) {
    if (!is_at_rest(phone)) { return; }
    const BeliefCheck check{engine, trace};
    check.run(phone);
}

// F.2: when nothing is pending each leg is stable.
void World::check_states() {
    std::set<std::string> at_rest;
    for (const auto& phone : phones) {
        if (is_at_rest(*phone)) { at_rest.insert(phone->call_id()); }
    }
    if (at_rest.empty()) { return; }
    const auto judge = [&](const server::LegView& leg) {
        if (!at_rest.contains(leg.call_id) || leg.offer_answer_state == "stable") { return; }
        trace.violation("F.2 a quiet leg is stable", "Call-ID " + leg.call_id + " is " + leg.offer_answer_state);
    };
    for (const server::CallView& call : core_->calls(phones.size())) {
        judge(call.a);
        if (call.b) { judge(*call.b); }
    }
}

void World::finish() {
    if (std::exchange(finished_, true)) { return; }
    await_end_of_calls();
    await_end_of_transactions();
    check_leftovers();
    check_details();
    watch_.on_end();
    inspector.on_end();
    if (!checks_hearing) { return; }
    for (const Pair& pair : pairs_) {
        const HearingCheck check{inspector, trace, {allowed_gap, settling, snapshot_->config.hold.when}};
        check.listener(*pair.a, *pair.b);
        check.listener(*pair.b, *pair.a);
    }
}

// Whoever is up now hangs up: also those that are answered only now, or called by an INVITE that came late.
void World::hang_up_phones() {
    for (const auto& phone : phones) {
        if (phone->up()) { phone->bye(); }
    }
}

// A BYE is repeated for 64·T1, and what a peer leaves open is given up a little later. Who still rings after that long
// has a caller who gave up unheard.
void World::await_end_of_calls() {
    constexpr Duration patience = 75s;
    constexpr Duration patience_of_ringing = 36s;
    const Instant end = clock.now() + patience;
    const Instant in_vain = clock.now() + patience_of_ringing;
    hang_up_phones();
    while (core_->call_count() != 0 && clock.now() < end) {
        pass(500ms);
        hang_up_phones();
        if (clock.now() < in_vain) { continue; }
        for (const auto& phone : phones) { phone->turn_down(); }
    }
    if (core_->call_count() != 0) { trace.violation("F.6 nothing is left", "a call that never ends"); }
    // A phone whose 2xx nobody acknowledges hangs up in the end, and our answer to that is held for a while.
    const auto is_over = [](const auto& phone) { return !phone->up() && phone->quiet(); };
    while (!std::ranges::all_of(phones, is_over) && clock.now() < end) { pass(500ms); }
}

// 40 s from the last message on: what a phone repeats after its call is answered by a transaction of its own.
void World::await_end_of_transactions() {
    constexpr Duration held = 40s;
    constexpr Duration patience = 120s;
    const Instant ended = clock.now();
    const Instant end = ended + patience;
    while (clock.now() < end && clock.now() - std::max(ended, spoken_to_at_) < held) {
        pass(500ms);
        hang_up_phones();
    }
}

// F.6: nothing is left when a call ends.
// Each call that was begun has left one detail record, which agrees with the counters and with itself.
void World::check_details() {
    std::map<std::string, std::uint64_t> outcomes;
    for (const auto& [key, count] : core_->counters().calls_total) {
        if (std::get<0>(key) == "in") { outcomes[std::get<2>(key)] += count; }
    }
    std::set<std::string> ids;
    for (const server::CallDetail& detail : details) {
        const auto wrong = [&](const std::string& what) { trace.violation("detail record", detail.id + ": " + what); };
        if (!ids.insert(detail.id).second) { wrong("a second one"); }
        if (!detail.originated && outcomes[detail.outcome]-- == 0) {
            wrong("outcome " + detail.outcome + " was counted less often");
        }
        if (detail.answered.has_value() != (detail.outcome == "answered")) { wrong("answered, or not"); }
        if (detail.ended_by.empty() || detail.cause.empty() || detail.code < 200) { wrong("without an end"); }
        const base::Instant begun = detail.answered.value_or(detail.started);
        if (begun < detail.started || detail.ended < begun) { wrong("ended before it began"); }
        const Duration life = detail.ended - begun;
        for (const server::LegDetail* leg : {&detail.a, detail.b ? &*detail.b : nullptr}) {
            if (leg == nullptr) { continue; }
            if (leg->held < 0s || leg->music < 0s || std::max(leg->held, leg->music) > life) { wrong("held too long"); }
        }
    }
    for (const auto& [outcome, count] : outcomes) {
        if (count != 0) { trace.violation("detail record", std::to_string(count) + " missing of " + outcome); }
    }
}

void World::check_leftovers() {
    const server::CoreGauges gauges = core_->gauges();
    const auto none = [&](std::size_t count, const std::string& what) {
        if (count != 0) { trace.violation("F.6 nothing is left", std::to_string(count) + " " + what); }
    };
    for (const std::size_t calls : gauges.calls_by_state) { none(calls, "calls"); }
    none(core_->call_count(), "calls in the table");
    none(gauges.dialogs, "dialogs");
    none(gauges.transactions, "transactions");
    none(gauges.media_sessions, "media sessions");
    none(gauges.timers, "timers");
    none(gauges.index_entries, "entries of the call table's indexes");
    none(engine.session_count(), "sessions in the media plane");
    none(engine.ports_in_use(), "media ports");
}

std::string World::report(bool whole) const {
    std::string text = trace.ladder(whole);
    for (const auto& phone : phones) { text += phone->describe() + "\n"; }
    return text;
}

}  // namespace simulation
