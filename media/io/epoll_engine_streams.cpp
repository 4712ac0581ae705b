// Browsers that may not use UDP: TCP beside a shared port (RFC 6544), datagrams framed in it (RFC 4571).
#include <utility>

#include "media/io/epoll_engine.hpp"

namespace media {

// On the number of the shared port, which is looked for until both are free. A port that was chosen is taken by
// somebody else at worst: then there is UDP alone.
std::error_code EpollEngine::listen_beside(SharedSocket& shared, std::size_t place) {
    const bool is_chosen = options_.ice_tcp_port != 0;
    base::Endpoint local = shared.socket().local();
    if (is_chosen) { local.port = options_.ice_tcp_port; }
    std::error_code error;
    TcpSocket listening = TcpSocket::listen(local, error);
    if (!error) {
        shared.streams.emplace(shared.port, std::move(listening), epoll_, shared_tag_of(place) | first_stream);
        error = shared.streams->watch();
    }
    if (!error || !is_chosen) { return error; }
    shared.streams.reset();
    ++counters_.bind_failures;
    return {};
}

std::size_t EpollEngine::read_stream(base::Instant now, SharedSocket& shared, ConnectionId id) {
    StreamSockets& streams = *shared.streams;
    std::span<const std::byte> bytes = streams.receive(now, id);
    std::size_t count = 0;
    while (const auto datagram = streams.connections.next(now, id, bytes)) {
        take(now, shared, streams.connections.source(id), *datagram);
        streams.connections.judge(now, id);
        ++count;
    }
    streams.close_ended();
    return count;
}

void EpollEngine::count_connections(EngineCounters& counters) const {
    for (const auto& shared : shared_) {
        if (!shared->streams) { continue; }
        const ConnectionCounters of_port = shared->streams->connections.counters();
        counters.connections.open += of_port.open;
        counters.connections.frames_dropped += of_port.frames_dropped;
        for (std::size_t i = 0; i < of_port.ended.size(); ++i) { counters.connections.ended[i] += of_port.ended[i]; }
    }
}

}  // namespace media
