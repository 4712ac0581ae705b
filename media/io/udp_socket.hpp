// A non-blocking UDP socket bound to one local address, IPv4 or IPv6, closed with its owner.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>
#include <utility>

#include "base/ip.hpp"

namespace media {

struct SocketAddress {
    sockaddr_storage storage;
    socklen_t size;
};

SocketAddress to_socket_address(const base::Endpoint& endpoint) noexcept;
base::Endpoint to_endpoint(const sockaddr_storage& address) noexcept;

// Of bind(): would another port not cure it?
inline bool is_final_bind_error(const std::error_code& error) {
    return error != std::errc::address_in_use && error != std::errc::permission_denied;
}

class UdpSocket {
public:
    UdpSocket() = default;
    // Not open if it fails, and `error` says why. `receive_buffer` in bytes.
    static UdpSocket bind(const base::Endpoint& local, int receive_buffer, std::error_code& error);

    UdpSocket(UdpSocket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    UdpSocket& operator=(UdpSocket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~UdpSocket();

    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    base::Endpoint local() const;
    // False: the kernel did not take it (full buffer, no route).
    bool send_to(const base::Endpoint& to, std::span<const std::byte> bytes) const noexcept;
    // Datagrams the kernel dropped because nobody read them in time.
    std::uint32_t kernel_drops() const noexcept;

private:
    explicit UdpSocket(int descriptor) : descriptor_{descriptor} {}
    int descriptor_ = -1;
};

}  // namespace media
