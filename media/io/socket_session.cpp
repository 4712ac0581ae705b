#include "media/io/socket_session.hpp"

#include <utility>

namespace media {

void SocketSession::open_leg(Side side, UdpSocket rtp, UdpSocket rtcp) {
    auto& pair = sockets_[static_cast<std::size_t>(side)];
    pair[0] = std::move(rtp);
    pair[1] = std::move(rtcp);
    const base::Endpoint local = pair[0].local();
    ports[static_cast<std::size_t>(side)] = local.port;
    session_.open_leg(side, LegPorts{local, pair[1].local()});
}

void SocketSession::open_leg_on(Side side, const Carrier& carrier) {
    carriers_[static_cast<std::size_t>(side)] = carrier;
    session_.open_carried_leg(side, carrier.socket->socket().local());
}

LegStats SocketSession::stats(Side side) const {
    LegStats stats = session_.stats(side);
    if (carrier(side).socket != nullptr) { carrier(side).socket->port.fill(carrier(side).transport, stats); }
    return stats;
}

// The transport takes its farewell before it forgets the leg.
void SocketSession::close_leg(base::Instant now, Side side) {
    session_.close_leg(now, side);
    leave_carrier(side);
    sockets_[static_cast<std::size_t>(side)] = {};
    classify(side, std::nullopt);
}

void SocketSession::take_leg(base::Instant now, Side to, SocketSession& from, Side side) {
    const auto old = static_cast<std::size_t>(side);
    const auto place = static_cast<std::size_t>(to);
    session_.take_leg(now, to, from.session_, side);
    leave_carrier(to);
    sockets_[place] = std::exchange(from.sockets_[old], {});
    carriers_[place] = std::exchange(from.carriers_[old], {});
    if (carriers_[place].socket != nullptr) {
        carriers_[place].socket->port.move(carriers_[place].transport, {from.id_, side}, {id_, to});
    }
    ports[place] = from.ports[old];
    classify(to, from.described_[old]);
    from.classify(side, std::nullopt);
}

void SocketSession::leave_carrier(Side side) {
    const Carrier carrier = std::exchange(carriers_[static_cast<std::size_t>(side)], {});
    if (carrier.socket != nullptr) { carrier.socket->port.detach(carrier.transport, {id_, side}); }
}

void SocketSession::classify(Side side, const std::optional<StreamClass>& as) {
    const auto count = [this](const StreamClass& of) -> std::size_t& {
        return levels_->streams[static_cast<std::size_t>(of.kind)][static_cast<std::size_t>(of.profile)];
    };
    auto& known = described_[static_cast<std::size_t>(side)];
    if (known) { --count(*known); }
    known = as;
    if (known) { ++count(*known); }
}

void SocketSession::note_music() noexcept {
    const unsigned now = (session_.hears_music(Side::a) ? 1U : 0U) + (session_.hears_music(Side::b) ? 1U : 0U);
    levels_->music_legs += now;
    levels_->music_legs -= std::exchange(music_legs_, static_cast<std::uint8_t>(now));
}

std::uint64_t SocketSession::kernel_drops() const noexcept {
    std::uint64_t drops = 0;
    for (const auto& pair : sockets_) { drops += pair[0].kernel_drops(); }
    return drops;
}

void SocketSession::send(Side side, Component component, const base::Endpoint& to,
                         std::span<const std::byte> bytes) noexcept {
    if (wire_mirror_ != nullptr) [[unlikely]] { return send_mirrored(side, component, to, bytes); }
    const Carrier& by = carrier(side);
    if (by.socket != nullptr) { return by.socket->port.send(by.transport, component, bytes); }
    counters_->note(socket(side, component).send_to(to, bytes), bytes.size());
}

// What a transport carries is sealed on its way to the socket, which shows it.
void SocketSession::send_mirrored(Side side, Component component, const base::Endpoint& to,
                                  std::span<const std::byte> bytes) noexcept {
    PacketMirror* const mirror = std::exchange(wire_mirror_, nullptr);
    SharedSocket* const carried_by = carrier(side).socket;
    if (carried_by != nullptr) {
        carried_by->mirror = mirror;
    } else {
        mirror->note(true, local(side, component), to, bytes);
    }
    send(side, component, to, bytes);
    if (carried_by != nullptr) { carried_by->mirror = nullptr; }
    wire_mirror_ = mirror;
}

base::Endpoint SocketSession::local(Side side, Component component) const {
    const Carrier& by = carrier(side);
    return by.socket != nullptr ? by.socket->socket().local() : socket(side, component).local();
}

void SocketSession::mirror_to(PacketMirror* mirror) noexcept {
    const bool plain = mirror != nullptr && mirror->is_plain();
    plain_mirror_ = plain ? mirror : nullptr;
    wire_mirror_ = plain ? nullptr : mirror;
    session_.show_packets(plain);
}

void SocketSession::show_packet(Side side, Component component, bool sent, const base::Endpoint& peer,
                                std::span<const std::byte> packet) noexcept {
    if (plain_mirror_ != nullptr) { plain_mirror_->note(sent, local(side, component), peer, packet); }
}

void SocketSession::show_report(Side side, Component component, bool sent, const base::Endpoint& peer,
                                std::span<const std::byte> report) noexcept {
    reports_->note(id_, sent, local(side, component), peer, report);
}

}  // namespace media
