#include "media/io/tcp_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "media/io/udp_socket.hpp"

namespace media {
namespace {

constexpr int waiting_connections = 128;

std::error_code last_error() { return {errno, std::generic_category()}; }

bool set_option(int descriptor, int level, int name, int value) {
    return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

TcpSocket TcpSocket::listen(const base::Endpoint& local, std::error_code& error) {
    const bool v6 = local.address.is_v6();
    TcpSocket made{::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const SocketAddress address = to_socket_address(local);
    // An address that connections of a program before this one still have may be listened on.
    if (!made.is_open() || (v6 && !set_option(made.descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, 1)) ||
        !set_option(made.descriptor_, SOL_SOCKET, SO_REUSEADDR, 1) ||
        ::bind(made.descriptor_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 ||
        ::listen(made.descriptor_, waiting_connections) != 0) {
        error = last_error();
        return {};
    }
    return made;
}

TcpSocket TcpSocket::accept(base::Endpoint& remote, std::error_code& error) const {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    TcpSocket made{::accept4(descriptor_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!made.is_open()) {
        if (!would_block()) { error = last_error(); }
        return {};
    }
    remote = to_endpoint(address);
    const bool is_set = set_option(made.descriptor_, IPPROTO_TCP, TCP_NODELAY, 1) &&
                        set_option(made.descriptor_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsent) &&
                        set_option(made.descriptor_, IPPROTO_TCP, TCP_USER_TIMEOUT, unanswered_ms) &&
                        set_option(made.descriptor_, SOL_SOCKET, SO_SNDBUF, send_buffer);
    if (is_set) { return made; }
    error = last_error();
    return {};
}

TcpSocket::~TcpSocket() {
    if (is_open()) { ::close(descriptor_); }
}

base::Endpoint TcpSocket::local() const {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    return to_endpoint(address);
}

std::optional<std::size_t> TcpSocket::receive(std::span<std::byte> into) const noexcept {
    const auto count = ::recv(descriptor_, into.data(), into.size(), 0);
    if (count >= 0) { return static_cast<std::size_t>(count); }
    return would_block() ? std::nullopt : std::optional<std::size_t>{0};
}

std::size_t TcpSocket::send(std::span<const std::byte> bytes) const noexcept {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace media
