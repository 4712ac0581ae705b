// Buffers for several datagrams in one system call.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <optional>
#include <span>

#include "base/ip.hpp"
#include "media/io/udp_socket.hpp"
#include "media/relay/session.hpp"

namespace media {

class ReceiveBatch {
public:
    static constexpr std::size_t capacity = 16;

    ReceiveBatch();
    ReceiveBatch(const ReceiveBatch&) = delete;
    ReceiveBatch& operator=(const ReceiveBatch&) = delete;

    // How many came; fewer than `capacity` means that none is left.
    std::size_t receive(const UdpSocket& socket) noexcept;
    // Of the last receive(). A datagram cut short is longer than Session::max_datagram.
    std::span<std::byte> datagram(std::size_t index) noexcept {
        return std::span{buffers_[index]}.first(messages_[index].msg_len);
    }
    base::Endpoint source(std::size_t index) const noexcept { return to_endpoint(addresses_[index]); }
    // When the kernel had the first of them, by the wall clock; nullopt: it does not say.
    std::optional<timespec> arrival() const noexcept;

private:
    using Buffer = std::array<std::byte, Session::max_datagram + 1>;
    std::array<Buffer, capacity> buffers_;
    std::array<sockaddr_storage, capacity> addresses_{};
    std::array<iovec, capacity> vectors_{};
    std::array<mmsghdr, capacity> messages_{};
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(timespec))> stamp_{};  // of the first
};

}  // namespace media
