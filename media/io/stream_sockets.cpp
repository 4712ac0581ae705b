#include "media/io/stream_sockets.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

namespace media {
namespace {

bool is_passing(const std::error_code& error) {
    return error == std::errc::connection_aborted || error == std::errc::protocol_error;
}

}  // namespace

std::error_code StreamSockets::watch() const {
    if (watch(EPOLL_CTL_ADD, listening_.descriptor(), listener, EPOLLIN)) { return {}; }
    return {errno, std::generic_category()};
}

// What the network or a limit refuses is closed at once.
void StreamSockets::accept(base::Instant now) {
    for (std::size_t i = 0; i < accepts_per_turn; ++i) {
        base::Endpoint remote;
        std::error_code error;
        TcpSocket socket = listening_.accept(remote, error);
        if (!error && !socket.is_open()) { return; }
        if (is_passing(error)) { continue; }
        if (error) {
            watch(EPOLL_CTL_MOD, listening_.descriptor(), listener, 0);
            resume_at_ = now + pause;
            return;
        }
        const auto id = connections.accept(now, remote);
        close_ended();
        if (!id) { continue; }
        if (watch(EPOLL_CTL_ADD, socket.descriptor(), id->value, EPOLLIN)) {
            sockets_.try_emplace(*id, Connected{std::move(socket)});
        } else {
            connections.close(now, *id);
        }
    }
}

std::span<const std::byte> StreamSockets::receive(base::Instant now, ConnectionId id) {
    const auto found = sockets_.find(id);
    if (found == sockets_.end()) { return {}; }
    const auto count = found->second.socket.receive(chunk_);
    if (count == 0) { connections.close(now, id); }
    return std::span{chunk_}.first(count.value_or(0));
}

bool StreamSockets::send(base::Instant now, const base::Endpoint& to, std::span<const std::byte> datagram) noexcept {
    const auto id = connections.at(to);
    const auto found = id ? sockets_.find(*id) : sockets_.end();
    if (found == sockets_.end()) { return false; }
    Backlog& backlog = *connections.backlog(*id);
    backlog.push(now, datagram);
    if (!found->second.is_full) { write(now, *id, found->second, backlog); }
    return true;
}

void StreamSockets::flush(base::Instant now, ConnectionId id) noexcept {
    const auto found = sockets_.find(id);
    Backlog* const backlog = connections.backlog(id);
    if (found != sockets_.end() && backlog != nullptr) { write(now, id, found->second, *backlog); }
}

// Where a connection has failed, epoll says so, and receive() ends it.
void StreamSockets::write(base::Instant now, ConnectionId id, Connected& to, Backlog& backlog) noexcept {
    for (auto piece = backlog.front(now); !piece.empty(); piece = backlog.front(now)) {
        const std::size_t count = to.socket.send(piece);
        if (count == 0) { break; }
        backlog.sent(count);
    }
    if (to.is_full == !backlog.empty()) { return; }
    to.is_full = !backlog.empty();
    watch(EPOLL_CTL_MOD, to.socket.descriptor(), id.value, to.is_full ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void StreamSockets::on_timeout(base::Instant now) {
    connections.on_timeout(now);
    close_ended();
    if (now < resume_at_) { return; }
    resume_at_ = base::never;
    watch(EPOLL_CTL_MOD, listening_.descriptor(), listener, EPOLLIN);
}

// The sockets close, and leave epoll by it.
void StreamSockets::close_ended() {
    for (const ConnectionId id : connections.take_ended()) { sockets_.erase(id); }
}

bool StreamSockets::watch(int operation, int descriptor, std::uint64_t place, std::uint32_t events) const noexcept {
    epoll_event event{};
    event.events = events;
    event.data.u64 = first_tag_ + place;
    return ::epoll_ctl(epoll_, operation, descriptor, &event) == 0;
}

}  // namespace media
