// The connections of browsers that may not use UDP (RFC 6544, passive), to one port; pure. Anybody may connect: what is
// spent on whom no transport knows has its limits, and ends with a reason that is counted. Each is to be closed once it
// stands among take_ended().
#pragma once

#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/deadline_queue.hpp"
#include "base/strong_id.hpp"
#include "media/bundle/shared_port.hpp"
#include "media/stream/backlog.hpp"
#include "media/stream/deframer.hpp"

namespace media {

using ConnectionId = base::StrongId<struct ConnectionTag>;

// Why a connection ended: labels of holdfast_ice_tcp_closed_total.
enum class ConnectionEnd : std::uint8_t {
    peer,          // its peer closed it, or the network did
    limit,         // there are max_open: closed as it came
    source_limit,  // the same, of one address
    unproven,      // no transport knows it: no authentic check came, or its call is over
    silent,        // nothing came for silence_limit
    frame_size,    // a frame was announced beyond Deframer::max_frame
    junk           // what is no datagram of a browser's, too many false checks, or too much else
};
inline constexpr std::size_t connection_end_count = 7;

constexpr std::string_view label(ConnectionEnd end) {
    constexpr std::array<std::string_view, connection_end_count> labels{
        "peer", "limit", "source_limit", "unproven", "silent", "frame_size", "junk"};
    return labels[static_cast<std::size_t>(end)];
}

struct ConnectionCounters {
    std::size_t open = 0;
    std::array<std::uint64_t, connection_end_count> ended{};
    std::uint64_t frames_dropped = 0;  // of slow readers
};

class Connections {
public:
    static constexpr std::size_t max_open = 1024;
    static constexpr std::size_t max_per_source = 64;  // an office behind one address, or an IPv6 /64
    // On a connection that no transport knows: checks, and what may be quicker than the check.
    static constexpr std::size_t max_false_checks = 32;
    static constexpr std::size_t max_strange = 512;
    // From the beginning to an authentic check; and about so long after the end of its call it is closed.
    static constexpr base::Duration proof_limit = std::chrono::seconds{10};
    static constexpr base::Duration silence_limit = std::chrono::seconds{60};

    // `port` outlives it.
    explicit Connections(SharedPort& port) : port_{&port} {}

    // Nullopt: it is to be closed at once. Ids are from 1 on, and none comes again.
    std::optional<ConnectionId> accept(base::Instant now, const base::Endpoint& remote);
    // The next datagram in what came, as Deframer::next. Each is to go to the port, and then to judge().
    std::optional<std::span<std::byte>> next(base::Instant now, ConnectionId id, std::span<const std::byte>& bytes);
    void judge(base::Instant now, ConnectionId id);
    // Its peer is gone.
    void close(base::Instant now, ConnectionId id) { end(now, id, ConnectionEnd::peer); }
    void on_timeout(base::Instant now);
    base::Instant next_timeout() const { return due_.next(); }
    std::vector<ConnectionId> take_ended() { return std::exchange(ended_, {}); }

    std::optional<ConnectionId> at(const base::Endpoint& remote) const noexcept;
    // Null: it has ended.
    Backlog* backlog(ConnectionId id) noexcept;
    TransportAddress source(ConnectionId id) const { return {open_.at(id).remote, Protocol::tcp}; }
    ConnectionCounters counters() const;

private:
    struct Connection {
        base::Endpoint remote;
        base::Instant heard_at;
        bool is_check = false;  // the latest datagram
        std::size_t false_checks = 0;
        std::size_t strange = 0;  // datagrams of another kind
        Deframer in{};
        Backlog out{};
    };
    void refuse(ConnectionEnd why) noexcept { ++counters_.ended[static_cast<std::size_t>(why)]; }
    void end(base::Instant now, ConnectionId id, ConnectionEnd why);

    SharedPort* port_;
    std::unordered_map<ConnectionId, Connection> open_;
    std::unordered_map<base::Endpoint, ConnectionId> by_remote_;
    std::unordered_map<base::Endpoint, std::size_t> by_source_;  // its network with port 0: how many
    base::DeadlineQueue<ConnectionId> due_;
    std::vector<ConnectionId> ended_;
    std::uint64_t accepted_ = 0;
    ConnectionCounters counters_;
};

}  // namespace media
