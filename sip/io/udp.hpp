// A UDP listener: datagrams in batches, each with the address that the peer sent it to, so that an answer leaves from
// there even where the socket is bound to 0.0.0.0 or :: (RFC 3261 §18.2.2, RFC 3581 §4).
// Leaves out: queueing what the kernel will not take now; SIP sends it again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "sip/io/socket_address.hpp"
#include "sip/io/socket_counters.hpp"

namespace sip {

class UdpListener {
public:
    using OnDatagram = std::function<void(std::string_view text, const Flow& flow)>;

    // Binds; throws ListenError. `counters` outlives the listener, the listener the run of `context`.
    UdpListener(boost::asio::io_context& context, const base::Endpoint& at, Share share, SocketCounters& counters,
                OnDatagram on_datagram);
    ~UdpListener();
    UdpListener(const UdpListener&) = delete;
    UdpListener& operator=(const UdpListener&) = delete;

    void start() { wait(); }
    void close();
    // False: the kernel refused it, and will again. What it refuses for the moment only is lost, as on the way.
    bool send(const Flow& flow, std::string_view bytes);

    const base::Endpoint& local() const { return local_; }
    // Bytes that the kernel granted of the 4 MB asked for: at 208 KB datagrams are lost from 2,000 calls a second.
    int receive_buffer() const;
    int send_buffer() const;

private:
    struct Batch;
    void wait();
    void receive();
    void deliver(std::string_view text, const base::Endpoint& remote, const base::Endpoint& local);

    boost::asio::ip::udp::socket socket_;
    base::Endpoint local_;
    bool any_address_;
    SocketCounters& counters_;
    OnDatagram on_datagram_;
    std::unique_ptr<Batch> batch_;
};

}  // namespace sip
