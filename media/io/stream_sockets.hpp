// The sockets of browsers' connections beside a shared port: one that listens, and what it has accepted.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "media/io/tcp_socket.hpp"
#include "media/stream/connections.hpp"

namespace media {

class StreamSockets {
public:
    static constexpr std::size_t accepts_per_turn = 16;
    // Where the process has no descriptor left, connections wait for so long.
    static constexpr base::Duration pause = std::chrono::milliseconds{100};
    // What epoll hands back lies from `first_tag` on: that of the listener, and behind it those of connections.
    static constexpr std::uint64_t listener = 0;

    // `port` outlives it, and `epoll` its use.
    StreamSockets(SharedPort& port, TcpSocket listening, int epoll, std::uint64_t first_tag)
        : connections{port}, listening_{std::move(listening)}, epoll_{epoll}, first_tag_{first_tag} {}
    StreamSockets(const StreamSockets&) = delete;
    StreamSockets& operator=(const StreamSockets&) = delete;

    std::error_code watch() const;
    base::Endpoint local() const { return listening_.local(); }

    void accept(base::Instant now);
    // What has come on a connection; empty: nothing. Valid until the next call.
    std::span<const std::byte> receive(base::Instant now, ConnectionId id);
    // False: nobody is connected from there.
    bool send(base::Instant now, const base::Endpoint& to, std::span<const std::byte> datagram) noexcept;
    void flush(base::Instant now, ConnectionId id) noexcept;
    void on_timeout(base::Instant now);
    base::Instant next_timeout() const { return std::min(connections.next_timeout(), resume_at_); }
    // Of connections that have ended.
    void close_ended();

    Connections connections;

private:
    struct Connected {
        TcpSocket socket;
        bool is_full = false;  // epoll is asked when the kernel takes more
    };
    bool watch(int operation, int descriptor, std::uint64_t place, std::uint32_t events) const noexcept;
    void write(base::Instant now, ConnectionId id, Connected& to, Backlog& backlog) noexcept;

    TcpSocket listening_;
    int epoll_;
    std::uint64_t first_tag_;
    base::Instant resume_at_ = base::never;
    std::unordered_map<ConnectionId, Connected> sockets_;
    std::array<std::byte, 16 * 1024> chunk_;
};

}  // namespace media
