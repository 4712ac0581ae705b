// A non-blocking TCP socket, IPv4 or IPv6, closed with its owner: one that listens, or a connection that was accepted.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "base/ip.hpp"

namespace media {

class TcpSocket {
public:
    // Of a connection, what the kernel may hold: sent and not acknowledged, and of it not sent yet. More of that would
    // only be late.
    static constexpr int send_buffer = 128 * 1024;
    static constexpr int unsent = 16 * 1024;
    static constexpr int unanswered_ms = 30'000;  // a peer that acknowledges nothing for so long is gone

    TcpSocket() = default;
    // Not open if it fails, and `error` says why.
    static TcpSocket listen(const base::Endpoint& local, std::error_code& error);
    // The next that waits, and who it is; not open: none, or `error` says why not.
    TcpSocket accept(base::Endpoint& remote, std::error_code& error) const;

    TcpSocket(TcpSocket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    TcpSocket& operator=(TcpSocket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~TcpSocket();

    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    base::Endpoint local() const;
    // How much came; nullopt: nothing by now. 0: it is over.
    std::optional<std::size_t> receive(std::span<std::byte> into) const noexcept;
    // How much the kernel took.
    std::size_t send(std::span<const std::byte> bytes) const noexcept;

private:
    explicit TcpSocket(int descriptor) : descriptor_{descriptor} {}
    int descriptor_ = -1;
};

}  // namespace media
