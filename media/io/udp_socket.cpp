#include "media/io/udp_socket.hpp"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace media {

namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

bool set_option(int descriptor, int level, int name, int value) {
    return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

}  // namespace

SocketAddress to_socket_address(const base::Endpoint& endpoint) noexcept {
    SocketAddress address{};
    const auto& bytes = endpoint.address.bytes();
    if (endpoint.address.is_v6()) {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(endpoint.port);
        std::memcpy(&six.sin6_addr, bytes.data(), sizeof six.sin6_addr);
        std::memcpy(&address.storage, &six, sizeof six);
        address.size = sizeof six;
        return address;
    }
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(endpoint.port);
    std::memcpy(&four.sin_addr, bytes.data(), sizeof four.sin_addr);
    std::memcpy(&address.storage, &four, sizeof four);
    address.size = sizeof four;
    return address;
}

base::Endpoint to_endpoint(const sockaddr_storage& address) noexcept {
    if (address.ss_family == AF_INET6) {
        sockaddr_in6 six;
        std::memcpy(&six, &address, sizeof six);
        std::array<std::uint8_t, 16> bytes;
        std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
        return {base::IpAddress::v6(bytes), ntohs(six.sin6_port)};
    }
    sockaddr_in four;
    std::memcpy(&four, &address, sizeof four);
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
    return {base::IpAddress::v4(bytes), ntohs(four.sin_port)};
}

UdpSocket UdpSocket::bind(const base::Endpoint& local, int receive_buffer, std::error_code& error) {
    const bool v6 = local.address.is_v6();
    UdpSocket made{::socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!made.is_open()) {
        error = last_error();
        return {};
    }
    const SocketAddress address = to_socket_address(local);
    if ((v6 && !set_option(made.descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, 1)) ||
        !set_option(made.descriptor_, SOL_SOCKET, SO_RCVBUF, receive_buffer) ||
        !set_option(made.descriptor_, SOL_SOCKET, SO_TIMESTAMPNS, 1) ||
        ::bind(made.descriptor_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
        error = last_error();
        return {};
    }
    return made;
}

UdpSocket::~UdpSocket() {
    if (is_open()) { ::close(descriptor_); }
}

base::Endpoint UdpSocket::local() const {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    return to_endpoint(address);
}

bool UdpSocket::send_to(const base::Endpoint& to, std::span<const std::byte> bytes) const noexcept {
    const SocketAddress address = to_socket_address(to);
    const auto sent = ::sendto(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address.storage), address.size);
    return sent == static_cast<ssize_t>(bytes.size());
}

std::uint32_t UdpSocket::kernel_drops() const noexcept {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (!is_open() || ::getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) { return 0; }
    return memory[SK_MEMINFO_DROPS];
}

}  // namespace media
