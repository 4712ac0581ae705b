#include "sip/io/endpoint.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace sip {

namespace asio = boost::asio;

Endpoint::Endpoint(asio::io_context& context, unsigned shard, StreamLimits limits, Events events)
    : context_{context}, events_{std::move(events)}, flows_{context, shard, limits, counters_, events_} {}

Endpoint::Bound Endpoint::listen(Transport transport, const base::Endpoint& at, Share share) {
    if (transport == Transport::udp) {
        const UdpListener& listener = udp_listener(at, share);
        return {transport, listener.local(), listener.receive_buffer(), listener.send_buffer()};
    }
    tcp_.push_back(std::make_unique<TcpListener>(context_, transport, at, share, counters_, flows_));
    if (started_) { tcp_.back()->start(); }
    return {transport, tcp_.back()->local()};
}

UdpListener& Endpoint::udp_listener(const base::Endpoint& at, Share share) {
    if (std::erase(retired_, at) != 0) {
        return **std::ranges::find(udp_, at, [](const auto& listener) { return listener->local(); });
    }
    udp_.push_back(std::make_unique<UdpListener>(context_, at, share, counters_, events_.on_message));
    if (started_) { udp_.back()->start(); }
    return *udp_.back();
}

void Endpoint::retire(Transport transport, const base::Endpoint& at) {
    if (transport != Transport::udp) { return remove(tcp_, at); }
    retired_.push_back(at);
}

void Endpoint::leave(Transport transport, const base::Endpoint& at) {
    if (transport == Transport::udp && std::erase(retired_, at) != 0) { remove(udp_, at); }
}

// What the closed socket still has to tell comes first: the listener goes after it.
template <class Listeners>
void Endpoint::remove(Listeners& listeners, const base::Endpoint& at) {
    const auto found = std::ranges::find(listeners, at, [](const auto& listener) { return listener->local(); });
    if (found == listeners.end()) { return; }
    (*found)->close();
    asio::post(context_, [gone = std::move(*found)] {});
    listeners.erase(found);
}

void Endpoint::start() {
    started_ = true;
    for (const auto& listener : udp_) { listener->start(); }
    for (const auto& listener : tcp_) { listener->start(); }
}

void Endpoint::send(Outgoing outgoing, unsigned origin) {
    if (outgoing.flow.transport == Transport::udp) { return send_datagram(outgoing, origin); }
    flows_.send(std::move(outgoing), origin);
}

// The socket bound to the flow's own address and port; else one on that port for any address; else any of the family.
UdpListener* Endpoint::socket_for(const Flow& flow) {
    UdpListener* same_family = nullptr;
    UdpListener* same_port = nullptr;
    for (const auto& listener : udp_) {
        const base::Endpoint& local = listener->local();
        if (local == flow.local) { return listener.get(); }
        if (local.address.is_v6() != flow.remote.address.is_v6()) { continue; }
        if (same_family == nullptr) { same_family = listener.get(); }
        if (local.port == flow.local.port && local.address.is_unspecified()) { same_port = listener.get(); }
    }
    return same_port != nullptr ? same_port : same_family;
}

void Endpoint::send_datagram(const Outgoing& outgoing, unsigned origin) {
    UdpListener* const socket = socket_for(outgoing.flow);
    if (socket != nullptr && socket->send(outgoing.flow, outgoing.bytes)) { return; }
    if (socket == nullptr) { counters_.count(SocketDrop::send_failed); }
    report(outgoing.transaction, origin);
}

void Endpoint::report(TransactionId transaction, unsigned origin) {
    if (!transaction || closed_) { return; }
    asio::post(context_, [this, transaction, origin] {
        if (!closed_) { events_.on_send_error(transaction, origin); }
    });
}

void Endpoint::close() {
    closed_ = true;
    for (const auto& listener : udp_) { listener->close(); }
    for (const auto& listener : tcp_) { listener->close(); }
    flows_.close_all();
}

}  // namespace sip
