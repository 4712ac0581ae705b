// All SIP sockets of one shard: messages come in, messages go out, each over the socket that its flow names.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "sip/io/socket_address.hpp"
#include "sip/io/socket_counters.hpp"
#include "sip/io/tcp_flows.hpp"
#include "sip/io/tcp_listener.hpp"
#include "sip/io/udp.hpp"
#include "sip/transport.hpp"

namespace sip {

class Endpoint {
public:
    using Events = TcpFlows::Events;
    struct Bound {
        Transport transport;
        base::Endpoint at;       // with the real port
        int receive_buffer = 0;  // bytes granted; UDP only
        int send_buffer = 0;
    };

    // Lives until `context` has run dry after close(), or never ran at all.
    Endpoint(boost::asio::io_context& context, unsigned shard, StreamLimits limits, Events events);
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;

    // Before listening or connecting under TLS, and anew when files have changed: connections that are up stay.
    void set_tls(TlsContexts contexts) { flows_.set_tls(std::move(contexts)); }
    // Web pages that may open a WebSocket, from now on.
    void set_origins(Origins origins) { flows_.set_origins(std::move(origins)); }
    // Binds; nothing is read before start(). Throws ListenError. What was retired and not yet left is as it was.
    Bound listen(Transport transport, const base::Endpoint& at, Share share);
    void start();
    // Takes no new connections there; those that are up stay. A UDP socket is read until leave().
    void retire(Transport transport, const base::Endpoint& at);
    // Of what was retired.
    void leave(Transport transport, const base::Endpoint& at);
    // Puts a message on the wire. A failure is reported later, by Events::on_send_error with `origin`.
    void send(Outgoing outgoing, unsigned origin);
    void close();

    const SocketCounters& counters() const { return counters_; }

private:
    UdpListener& udp_listener(const base::Endpoint& at, Share share);
    template <class Listeners>
    void remove(Listeners& listeners, const base::Endpoint& at);
    UdpListener* socket_for(const Flow& flow);
    void send_datagram(const Outgoing& outgoing, unsigned origin);
    void report(TransactionId transaction, unsigned origin);

    boost::asio::io_context& context_;
    Events events_;
    SocketCounters counters_;
    TcpFlows flows_;
    std::vector<std::unique_ptr<UdpListener>> udp_;
    std::vector<std::unique_ptr<TcpListener>> tcp_;
    std::vector<base::Endpoint> retired_;  // among udp_
    bool started_ = false;
    bool closed_ = false;
};

}  // namespace sip
