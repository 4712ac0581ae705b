#include "tests/simulation/world/sim_engine.hpp"

#include "tests/simulation/world/sim_media.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace simulation {
namespace {

constexpr std::uint16_t first_port = 20'000;
constexpr std::uint16_t port_pairs = 500;
constexpr Duration quarantine = 30s;

const char* to_text(media::EngineEvent::Kind kind) {
    constexpr std::array texts{"was silent too long", "hears the first packet of music",
                               "hears music no more", "has pressed a key",
                               "has its transport",   "has lost its transport"};
    static_assert(texts.size() == media::engine_event_kinds);
    return texts[static_cast<std::size_t>(kind)];
}

const char* to_text(media::Source source) {
    constexpr const char* names[] = {"nothing",
                                     "the peer",
                                     "the peer or music",
                                     "music",
                                     "its echo",
                                     "the music server",
                                     "the peer or the music server",
                                     "milliwatt"};
    return names[static_cast<int>(source)];
}

// Synthesised once for all runs.
const media::MusicLibrary& library() {
    static const media::MusicLibrary built_in;
    return built_in;
}

}  // namespace

const media::DtlsContext& dtls_of_server() {
    static const media::Certificate certificate{std::chrono::system_clock::now()};
    static const media::DtlsContext context{certificate};
    return context;
}

SimEngine::SimEngine(EventQueue& clock, Network& network, base::Random& random, Trace& trace)
    : clock_{clock}, network_{network}, random_{random}, trace_{trace} {
    for (std::uint16_t i = 0; i < port_pairs; ++i) {
        free_ports_.push_back({static_cast<std::uint16_t>(first_port + 2 * i), clock.now() - quarantine});
    }
}

SimEngine::~SimEngine() = default;

SimEngine::Call& SimEngine::call(media::SessionId session) const {
    const auto found = calls_.find(session.value);
    if (found == calls_.end()) { throw std::logic_error{"the core names a media session that is not open"}; }
    return *found->second;
}

void SimEngine::note(media::SessionId session, media::Side side, const char* what, const std::string& more) const {
    if (!trace_.records) { return; }
    constexpr const char* names[] = {" leg a ", " leg b ", " music server of leg a ", " music server of leg b "};
    trace_.note("media " + std::to_string(session.value) + names[static_cast<std::size_t>(side)] + what + more);
}

media::SessionId SimEngine::open_session(Instant now) {
    const media::SessionId id{++last_id_};
    calls_[id.value] = std::make_unique<Call>(network_, id, now, random_);
    return id;
}

std::optional<media::LegPorts> SimEngine::open_leg(media::SessionId session, media::Side side,
                                                   const base::IpAddress& local, std::string& why) {
    if (fail_ports || free_ports_.empty()) {
        why = "no port left";
        return std::nullopt;
    }
    const Port port = free_ports_.front();
    if (clock_.now() - port.free_since < quarantine) { trace_.violation("F.6 ports rest for 30 s", "range too short"); }
    free_ports_.pop_front();
    LegState& leg = call(session).legs[static_cast<std::size_t>(side)];
    leg.ports = {{local, port.number}, {local, static_cast<std::uint16_t>(port.number + 1)}};
    leg.is_open = true;
    call(session).session.open_leg(side, leg.ports);
    settle(call(session));
    attach(call(session), side, media::Component::rtp, leg.ports.rtp);
    attach(call(session), side, media::Component::rtcp, leg.ports.rtcp);
    return leg.ports;
}

void SimEngine::attach(Call& owner, media::Side side, media::Component component, const base::Endpoint& local) {
    network_.attach(local, [this, &owner, side, component](const Datagram& datagram) {
        packet_ = datagram.bytes;
        owner.session.on_packet(clock_.now(), side, component, datagram.from,
                                std::as_writable_bytes(std::span{packet_}));
        owner.is_stale = true;
        drain(owner);
    });
}

void SimEngine::settle(Call& owner) {
    owner.next = {};
    owner.is_stale = true;
    drain(owner);
}

void SimEngine::drain(Call& owner) {
    while (const auto event = owner.session.take_event()) {
        note(owner.id, event->side, to_text(event->kind));
        events_.push_back(*event);
    }
}

void SimEngine::describe(Instant now, media::SessionId session, media::Side side,
                         const media::LegDescription& description) {
    Call& owner = call(session);
    owner.legs[static_cast<std::size_t>(side)].description = description;
    if (trace_.records) {
        note(session, side, "described: ",
             description.remote_rtp.to_string() + (description.send ? " send" : "") +
                 (description.receive ? " receive" : ""));
    }
    const LegState& leg = owner.legs[static_cast<std::size_t>(side)];
    if (leg.carrier != nullptr) { leg.carrier->port.describe_line(leg.transport, {session, side}, description); }
    owner.session.describe(now, side, description);
    settle(owner);
}

void SimEngine::play(Instant now, media::SessionId session, media::Side to, media::Source source,
                     const media::Music& music) {
    Call& owner = call(session);
    LegState& leg = owner.legs[static_cast<std::size_t>(to)];
    const bool common = media::plays_tune(source) && music.position == media::MusicPosition::shared;
    if (leg.source != source) { note(session, to, "is to hear ", to_text(source)); }
    if (leg.source != source && common) { note(session, to, "begins at the ", "common place of the tune"); }
    leg.source = source;
    owner.session.play(now, to, source, media::plays_tune(source) ? library().find(music.tune) : nullptr,
                       music.position);
    settle(owner);
}

void SimEngine::send_digit(Instant now, media::SessionId session, media::Side to, const media::Digit& digit) {
    Call& owner = call(session);
    note(session, to, "is to hear digit ", std::to_string(digit.event));
    owner.session.send_digit(now, to, digit);
    settle(owner);
}

void SimEngine::arm_timeout(Instant now, media::SessionId session, media::Side side, Duration after) {
    call(session).session.arm_timeout(now, side, after);
    settle(call(session));
}

std::optional<media::LegCounts> SimEngine::counts(media::SessionId session, media::Side side) const {
    return call(session).session.counts(side);
}

media::LegStats SimEngine::stats(media::SessionId session, media::Side side) const {
    const Call& owner = call(session);
    const LegState& leg = owner.legs[static_cast<std::size_t>(side)];
    media::LegStats stats = owner.session.stats(side);
    if (leg.carrier != nullptr) { leg.carrier->port.fill(leg.transport, stats); }
    return stats;
}

void SimEngine::close_session(Instant now, media::SessionId session) {
    Call& owner = call(session);
    owner.session.close(now);
    for (const media::Side side : media::all_sides) { release(now, owner, side); }
    trace_.note("media " + std::to_string(session.value) + " is closed");
    calls_.erase(session.value);
}

void SimEngine::close_leg(Instant now, media::SessionId session, media::Side side) {
    Call& owner = call(session);
    owner.session.close_leg(now, side);
    release(now, owner, side);
    note(session, side, "is closed");
    settle(owner);
}

void SimEngine::move_leg(Instant now, const media::LegPlace& from, const media::LegPlace& to) {
    Call& left = call(from.session);
    Call& owner = call(to.session);
    LegState& heir = left.legs[static_cast<std::size_t>(from.side)];
    LegState& place = owner.legs[static_cast<std::size_t>(to.side)];
    if (!heir.is_open) { return; }
    owner.session.take_leg(now, to.side, left.session, from.side);
    release(now, owner, to.side);
    place = std::exchange(heir, {});
    if (place.carrier != nullptr) {
        place.carrier->port.move(place.transport, from, to);
    } else {
        attach(owner, to.side, media::Component::rtp, place.ports.rtp);
        attach(owner, to.side, media::Component::rtcp, place.ports.rtcp);
    }
    note(to.session, to.side, "is taken over");
    settle(owner);
    settle(left);
}

void SimEngine::release(Instant now, Call& owner, media::Side side) {
    LegState& leg = owner.legs[static_cast<std::size_t>(side)];
    if (!leg.is_open) { return; }
    if (leg.carrier != nullptr) {
        leg.carrier->port.detach(leg.transport, {owner.id, side});
    } else {
        network_.detach(leg.ports.rtp);
        network_.detach(leg.ports.rtcp);
        free_ports_.push_back({leg.ports.rtp.port, now});
    }
    leg = {};
}

std::size_t SimEngine::ports_in_use() const { return port_pairs - free_ports_.size(); }

void SimEngine::drop_all(Instant now) {
    while (!calls_.empty()) { close_session(now, media::SessionId{calls_.begin()->first}); }
    while (!transports_.empty()) { close_transport(transports_.begin()->first); }
    events_.clear();
}

std::vector<media::EngineEvent> SimEngine::take_events() { return std::exchange(events_, {}); }

Instant SimEngine::next_timeout() {
    Instant next = base::never;
    for (const auto& [id, owner] : calls_) {
        if (owner->next < next) { next = std::min(next, owner->next_timeout()); }
    }
    for (const auto& shared : shared_) { next = std::min(next, shared->next_timeout()); }
    return next;
}

void SimEngine::on_timeout(Instant now) {
    for (const auto& shared : shared_) {
        shared->port.on_timeout(now);
        shared->connections.on_timeout(now);
        shared->close_ended();
        settle(*shared);
    }
    for (const auto& [id, owner] : calls_) {
        if (owner->next > now || owner->next_timeout() > now) { continue; }
        owner->session.on_timeout(now);
        settle(*owner);
    }
}

const SimEngine::LegState* SimEngine::leg_at(const base::Endpoint& local_rtp) const {
    for (const auto& [id, owner] : calls_) {
        for (const LegState& leg : owner->legs) {
            if (leg.is_open && leg.carrier == nullptr && leg.ports.rtp == local_rtp) { return &leg; }
        }
    }
    return nullptr;
}

}  // namespace simulation
