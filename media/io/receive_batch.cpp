#include "media/io/receive_batch.hpp"

namespace media {

ReceiveBatch::ReceiveBatch() {
    for (std::size_t i = 0; i < capacity; ++i) {
        vectors_[i] = iovec{buffers_[i].data(), buffers_[i].size()};
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_name = &addresses_[i];
    }
}

std::size_t ReceiveBatch::receive(const UdpSocket& socket) noexcept {
    for (mmsghdr& message : messages_) { message.msg_hdr.msg_namelen = sizeof(sockaddr_storage); }
    const int count = ::recvmmsg(socket.descriptor(), messages_.data(), capacity, MSG_DONTWAIT, nullptr);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace media
