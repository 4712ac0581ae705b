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

void SocketSession::close_leg(base::Instant now, Side side) {
    session_.close_leg(now, side);
    sockets_[static_cast<std::size_t>(side)] = {};
    described[static_cast<std::size_t>(side)] = false;
}

void SocketSession::take_place(base::Instant now, Side hearer) {
    const auto from = static_cast<std::size_t>(music_leg(hearer));
    const auto to = static_cast<std::size_t>(other(hearer));
    session_.take_place(now, hearer);
    sockets_[to] = std::exchange(sockets_[from], {});
    ports[to] = ports[from];
    described[to] = std::exchange(described[from], false);
}

std::uint64_t SocketSession::kernel_drops() const noexcept {
    std::uint64_t drops = 0;
    for (const auto& pair : sockets_) { drops += pair[0].kernel_drops(); }
    return drops;
}

void SocketSession::send(Side side, Component component, const base::Endpoint& to,
                         std::span<const std::byte> bytes) noexcept {
    if (!socket(side, component).send_to(to, bytes)) {
        ++counters_->failures;
        return;
    }
    ++counters_->packets;
    counters_->bytes += bytes.size();
}

}  // namespace media
