// What the simulator's media plane keeps: a session of the product for each call, and the port that browsers share.
#pragma once

#include <array>
#include <map>

#include "media/stream/connections.hpp"
#include "tests/simulation/world/sim_engine.hpp"

namespace simulation {

struct SimEngine::Shared final : media::PortSink {
    Shared(Network& net, const base::Endpoint& at) : network{net}, local{at}, port{&dtls_of_server(), *this} {}

    void send(const media::TransportAddress& to, std::span<const std::byte> bytes) noexcept override {
        Datagram datagram;
        datagram.kind = Datagram::Kind::media;
        datagram.from = local;
        datagram.to = to.endpoint;
        datagram.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        if (to.protocol == media::Protocol::tcp) {
            if (!connections.at(to.endpoint)) { return; }
            frame(datagram);
        }
        network.send(std::move(datagram));
    }
    // Those that have ended are closed.
    void close_ended() {
        for (const media::ConnectionId id : connections.take_ended()) {
            network.send({Datagram::Kind::media_stream, local, remotes.at(id), {}});
            remotes.erase(id);
        }
    }
    Instant next_timeout() const { return std::min(port.next_timeout(), connections.next_timeout()); }

    Network& network;
    base::Endpoint local;
    media::SharedPort port;
    media::Connections connections{port};  // on the same number
    std::map<media::ConnectionId, base::Endpoint> remotes;
};

struct SimEngine::Call final : media::PacketSink {
    Call(Network& net, media::SessionId number, Instant now, base::Random& random)
        : network{net}, id{number}, session{now, number, {.dtls = &dtls_of_server()}, random, *this} {}

    void send(media::Side side, media::Component component, const base::Endpoint& to,
              std::span<const std::byte> bytes) noexcept override {
        const LegState& leg = legs[static_cast<std::size_t>(side)];
        if (leg.carrier != nullptr) { return leg.carrier->port.send(leg.transport, component, bytes); }
        Datagram datagram;
        datagram.kind = Datagram::Kind::media;
        datagram.from = component == media::Component::rtp ? leg.ports.rtp : leg.ports.rtcp;
        datagram.to = to;
        datagram.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        network.send(std::move(datagram));
    }

    Network& network;
    media::SessionId id;
    // Packets never bring it forward (Session::next_timeout): asked for again when it may be the next.
    Instant next_timeout() {
        if (std::exchange(is_stale, false)) { next = session.next_timeout(); }
        return next;
    }

    std::array<LegState, media::side_count> legs;
    media::Session session;
    Instant next{};
    bool is_stale = true;
};

}  // namespace simulation
