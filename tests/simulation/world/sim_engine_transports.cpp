// Legs of browsers on the simulator.
#include <algorithm>
#include <utility>

#include "tests/simulation/world/sim_media.hpp"

namespace simulation {

SimEngine::Shared& SimEngine::shared_at(const base::IpAddress& local) {
    const base::Endpoint endpoint{local, shared_port};
    const auto found = std::ranges::find_if(shared_, [&](const auto& shared) { return shared->local == endpoint; });
    if (found != shared_.end()) { return **found; }
    Shared& made = *shared_.emplace_back(std::make_unique<Shared>(network_, endpoint));
    network_.attach(endpoint, [this, &made](const Datagram& datagram) { on_shared(made, datagram); });
    return made;
}

std::optional<media::OpenTransport> SimEngine::open_transport(Instant, const base::IpAddress& local,
                                                              const media::IceCredentials& ours, std::string& why) {
    if (fail_ports) {
        why = "no port left";
        return std::nullopt;
    }
    Shared& shared = shared_at(local);
    const media::TransportId id{last_transport_ + 1};
    if (!shared.port.open(id, ours, why)) { return std::nullopt; }
    ++last_transport_;
    transports_[id] = &shared;
    return media::OpenTransport{id, shared.local, shared.local};
}

void SimEngine::describe_transport(Instant now, media::TransportId transport,
                                   const media::TransportDescription& description) {
    Shared& shared = *transports_.at(transport);
    shared.port.describe(now, transport, description);
    settle(shared);
}

void SimEngine::close_transport(media::TransportId transport) {
    Shared& shared = *transports_.at(transport);
    transports_.erase(transport);
    shared.port.close(transport);
    settle(shared);
}

std::optional<media::LegPorts> SimEngine::open_leg_on(Instant now, media::SessionId session, media::Side side,
                                                      media::TransportId transport, std::string& why) {
    Shared& shared = *transports_.at(transport);
    Call& owner = call(session);
    if (!shared.port.attach(now, transport, {session, side})) {
        why = "the transport has no room for one more line";
        return std::nullopt;
    }
    LegState& leg = owner.legs[static_cast<std::size_t>(side)];
    leg.ports = {shared.local, shared.local};
    leg.carrier = &shared;
    leg.transport = transport;
    leg.is_open = true;
    owner.session.open_carried_leg(side, shared.local);
    owner.session.on_transport(now, side, media::endpoint_of(shared.port.target(transport)));
    settle(owner);
    settle(shared);
    return leg.ports;
}

std::uint32_t SimEngine::ssrc(media::SessionId session, media::Side side) const {
    return call(session).session.ssrc(side);
}

const SimEngine::LegState* SimEngine::leg_carried(const base::Endpoint& remote, const std::string& mid) const {
    for (const auto& [id, owner] : calls_) {
        for (const LegState& leg : owner->legs) {
            const bool is_there =
                leg.carrier != nullptr && media::endpoint_of(leg.carrier->port.target(leg.transport)) == remote;
            const bool has_name = leg.description && leg.description->bundled && leg.description->bundled->mid == mid;
            if (is_there && has_name) { return &leg; }
        }
    }
    return nullptr;
}

void SimEngine::on_shared(Shared& shared, const Datagram& datagram) {
    if (datagram.kind == Datagram::Kind::media_stream) { return on_stream(shared, datagram); }
    std::string bytes = datagram.bytes;
    take(shared, datagram.from, std::as_writable_bytes(std::span{bytes}));
}

// As EpollEngine::read_stream.
void SimEngine::on_stream(Shared& shared, const Datagram& piece) {
    const Instant now = clock_.now();
    auto id = shared.connections.at(piece.from);
    if (!id) { id = shared.connections.accept(now, piece.from); }
    if (!id) { return; }
    shared.remotes[*id] = piece.from;
    if (piece.bytes.empty()) { shared.connections.close(now, *id); }
    std::span<const std::byte> bytes = std::as_bytes(std::span{piece.bytes});
    while (const auto datagram = shared.connections.next(now, *id, bytes)) {
        take(shared, shared.connections.source(*id), *datagram);
        shared.connections.judge(now, *id);
    }
    shared.close_ended();
    settle(shared);
}

void SimEngine::take(Shared& shared, const media::TransportAddress& source, std::span<std::byte> datagram) {
    const auto arrival = shared.port.on_datagram(clock_.now(), source, datagram);
    settle(shared);
    if (arrival.drop != media::Drop::none) { return; }
    for (const media::LineId& line : arrival.lines) {
        const auto owner = calls_.find(line.session.value);
        if (owner == calls_.end()) { continue; }
        owner->second->session.on_packet(clock_.now(), line.side, arrival.component, source.endpoint, arrival.packet);
        owner->second->is_stale = true;
        drain(*owner->second);
    }
}

std::size_t SimEngine::connection_count() const {
    std::size_t count = 0;
    for (const auto& shared : shared_) { count += shared->remotes.size(); }
    return count;
}

void SimEngine::settle(Shared& shared) {
    for (const media::SharedPort::Change& change : shared.port.take_changes()) {
        const auto owner = calls_.find(change.line.session.value);
        if (owner == calls_.end()) { continue; }
        owner->second->session.on_transport(clock_.now(), change.line.side, media::endpoint_of(change.target));
        settle(*owner->second);
    }
    for (const media::EngineEvent& event : shared.port.take_events()) {
        const bool has_failed = event.kind == media::EngineEvent::Kind::transport_failed;
        note(event.session, event.side, has_failed ? "has no transport: " : "has its transport",
             has_failed ? std::string{media::label(event.failure)} : std::string{});
        events_.push_back(event);
    }
}

}  // namespace simulation
