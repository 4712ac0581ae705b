#include "media/io/receive_batch.hpp"

#include <cstring>

namespace media {

ReceiveBatch::ReceiveBatch() {
    for (std::size_t i = 0; i < capacity; ++i) {
        vectors_[i] = iovec{buffers_[i].data(), buffers_[i].size()};
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_name = &addresses_[i];
    }
    messages_[0].msg_hdr.msg_control = stamp_.data();
}

std::size_t ReceiveBatch::receive(const UdpSocket& socket) noexcept {
    for (mmsghdr& message : messages_) { message.msg_hdr.msg_namelen = sizeof(sockaddr_storage); }
    messages_[0].msg_hdr.msg_controllen = stamp_.size();
    const int count = ::recvmmsg(socket.descriptor(), messages_.data(), capacity, MSG_DONTWAIT, nullptr);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

std::optional<timespec> ReceiveBatch::arrival() const noexcept {
    const cmsghdr* const stamp = CMSG_FIRSTHDR(&messages_[0].msg_hdr);
    if (stamp == nullptr || stamp->cmsg_level != SOL_SOCKET || stamp->cmsg_type != SCM_TIMESTAMPNS) {
        return std::nullopt;
    }
    timespec at;
    std::memcpy(&at, CMSG_DATA(stamp), sizeof at);
    return at;
}

}  // namespace media
