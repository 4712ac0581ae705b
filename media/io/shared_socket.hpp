// A socket that many browsers share, with connections beside it for those that may not use UDP, together with the core
// that knows whose each datagram is.
#pragma once

#include "media/bundle/shared_port.hpp"
#include "media/io/packet_mirror.hpp"
#include "media/io/send_counters.hpp"
#include "media/io/stream_sockets.hpp"
#include "media/io/udp_socket.hpp"
#include "media/relay/session.hpp"

namespace media {

class SharedSocket final : public PortSink {
public:
    // `now`: the time of the turn, which the engine says.
    SharedSocket(UdpSocket socket, const SessionOptions& options, SendCounters& counters, const base::Instant& now)
        : port{options.dtls, *this, options.handshakes}, socket_{std::move(socket)}, counters_{&counters}, now_{&now} {}
    SharedSocket(const SharedSocket&) = delete;
    SharedSocket& operator=(const SharedSocket&) = delete;

    const UdpSocket& socket() const { return socket_; }

    void send(const TransportAddress& to, std::span<const std::byte> bytes) noexcept override {
        if (mirror != nullptr) [[unlikely]] { mirror->note(true, socket_.local(), to.endpoint, bytes); }
        const bool is_sent = to.protocol == Protocol::udp ? socket_.send_to(to.endpoint, bytes)
                                                          : streams && streams->send(*now_, to.endpoint, bytes);
        counters_->note(is_sent, bytes.size());
    }
    base::Instant next_timeout() const {
        return std::min(port.next_timeout(), streams ? streams->next_timeout() : base::never);
    }

    SharedPort port;
    std::optional<StreamSockets> streams;  // none: switched off, or its port is taken
    std::uint64_t kernel_drops_seen = 0;
    PacketMirror* mirror = nullptr;  // of the session that sends just now

private:
    UdpSocket socket_;
    SendCounters* counters_;
    const base::Instant* now_;
};

}  // namespace media
