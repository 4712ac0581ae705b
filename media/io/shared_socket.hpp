// A socket that many browsers share, together with the core that knows whose each datagram is.
#pragma once

#include "media/bundle/shared_port.hpp"
#include "media/io/send_counters.hpp"
#include "media/io/udp_socket.hpp"

namespace media {

class SharedSocket final : public PortSink {
public:
    SharedSocket(UdpSocket socket, const DtlsContext* dtls, SendCounters& counters)
        : port{dtls, *this}, socket_{std::move(socket)}, counters_{&counters} {}
    SharedSocket(const SharedSocket&) = delete;
    SharedSocket& operator=(const SharedSocket&) = delete;

    const UdpSocket& socket() const { return socket_; }

    void send(const TransportAddress& to, std::span<const std::byte> bytes) noexcept override {
        counters_->note(socket_.send_to(to.endpoint, bytes), bytes.size());
    }

    SharedPort port;
    std::uint64_t kernel_drops_seen = 0;

private:
    UdpSocket socket_;
    SendCounters* counters_;
};

}  // namespace media
