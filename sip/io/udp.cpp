#include "sip/io/udp.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sip {

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr std::size_t batch_size = 16;
constexpr int batches_a_turn = 4;  // then timers and other sockets have their turn
constexpr std::size_t datagram_size = 65'536;
constexpr int wanted_buffer = 4 * 1024 * 1024;

struct Control {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(in6_pktinfo))> bytes;
};

void set_option(int descriptor, int level, int name, int value) {
    setsockopt(descriptor, level, name, &value, sizeof value);
}

// Past the system's limit where we may, up to it where we may not.
void enlarge_buffers(int descriptor) {
    for (const auto& [forced, plain] : {std::pair{SO_RCVBUFFORCE, SO_RCVBUF}, std::pair{SO_SNDBUFFORCE, SO_SNDBUF}}) {
        const int size = wanted_buffer;
        if (setsockopt(descriptor, SOL_SOCKET, forced, &size, sizeof size) != 0) {
            set_option(descriptor, SOL_SOCKET, plain, size);
        }
    }
}

int granted_buffer(int descriptor, int name) {
    int size = 0;
    socklen_t length = sizeof size;
    getsockopt(descriptor, SOL_SOCKET, name, &size, &length);
    return size / 2;  // Linux doubles what was asked for, for its own book-keeping (socket(7))
}

void bind_socket(udp::socket& socket, const base::Endpoint& at, bool reuse_port) {
    boost::system::error_code error;
    const udp::endpoint endpoint = to_udp(at);
    socket.open(endpoint.protocol(), error);
    if (error) { throw ListenError{Transport::udp, at, error}; }
    const int descriptor = socket.native_handle();
    if (at.address.is_v6()) { set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1); }
    if (reuse_port) { set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1); }
    socket.bind(endpoint, error);
    if (error) { throw ListenError{Transport::udp, at, error}; }
}

std::optional<base::IpAddress> destination(msghdr& header) {
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            in_pktinfo info;
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            std::array<std::uint8_t, 4> bytes;
            std::memcpy(bytes.data(), &info.ipi_spec_dst, bytes.size());
            return base::IpAddress::v4(bytes);
        }
        if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info;
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            std::array<std::uint8_t, 16> bytes;
            std::memcpy(bytes.data(), &info.ipi6_addr, bytes.size());
            return base::IpAddress::v6(bytes);
        }
    }
    return std::nullopt;
}

template <class Info>
void put_control(msghdr& header, Control& control, int level, int type, const Info& info) {
    header.msg_control = control.bytes.data();
    header.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* const field = CMSG_FIRSTHDR(&header);
    field->cmsg_level = level;
    field->cmsg_type = type;
    field->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(field), &info, sizeof info);
}

void set_source(msghdr& header, Control& control, const base::IpAddress& source) {
    if (source.is_v6()) {
        in6_pktinfo info{};
        std::memcpy(&info.ipi6_addr, source.bytes().data(), sizeof info.ipi6_addr);
        put_control(header, control, IPPROTO_IPV6, IPV6_PKTINFO, info);
        return;
    }
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.bytes().data(), sizeof info.ipi_spec_dst);
    put_control(header, control, IPPROTO_IP, IP_PKTINFO, info);
}

bool is_keepalive(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// To SIP the datagram is one that was lost on its way: timers A, E and G send it again (§17), its peer asks again.
// EPERM is what a full table of the firewall's says.
bool is_passing(int error) {
    switch (error) {
        case EAGAIN:
        case ENOBUFS:
        case ENOMEM:
        case EPERM:
        case EINTR:
            return true;
        default:
            return false;
    }
}

}  // namespace

struct UdpListener::Batch {
    std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(batch_size * datagram_size);
    std::array<mmsghdr, batch_size> headers{};
    std::array<iovec, batch_size> parts{};
    std::array<sockaddr_storage, batch_size> sources;
    std::array<Control, batch_size> controls;

    char* datagram(std::size_t index) { return bytes.get() + index * datagram_size; }
    void prepare() {
        for (std::size_t i = 0; i < batch_size; ++i) {
            parts[i] = {datagram(i), datagram_size};
            msghdr& header = headers[i].msg_hdr;
            header.msg_name = &sources[i];
            header.msg_namelen = sizeof sources[i];
            header.msg_iov = &parts[i];
            header.msg_iovlen = 1;
            header.msg_control = controls[i].bytes.data();
            header.msg_controllen = controls[i].bytes.size();
        }
    }
};

UdpListener::UdpListener(asio::io_context& context, const base::Endpoint& at, Share share, SocketCounters& counters,
                         OnDatagram on_datagram)
    : socket_{context},
      any_address_{at.address.is_unspecified()},
      counters_{counters},
      on_datagram_{std::move(on_datagram)},
      batch_{std::make_unique<Batch>()} {
    if (share == Share::first && at.port != 0) {
        udp::socket probe{context};
        bind_socket(probe, at, false);
    }
    bind_socket(socket_, at, share != Share::alone);
    socket_.non_blocking(true);
    const int descriptor = socket_.native_handle();
    enlarge_buffers(descriptor);
    if (any_address_ && at.address.is_v6()) { set_option(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1); }
    if (any_address_ && !at.address.is_v6()) { set_option(descriptor, IPPROTO_IP, IP_PKTINFO, 1); }
    local_ = from_asio(socket_.local_endpoint());
}

UdpListener::~UdpListener() = default;

int UdpListener::receive_buffer() const {
    return granted_buffer(const_cast<udp::socket&>(socket_).native_handle(), SO_RCVBUF);
}
int UdpListener::send_buffer() const {
    return granted_buffer(const_cast<udp::socket&>(socket_).native_handle(), SO_SNDBUF);
}

void UdpListener::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void UdpListener::wait() {
    socket_.async_wait(udp::socket::wait_read, [this](const boost::system::error_code& error) {
        if (error) { return; }
        receive();
        if (socket_.is_open()) { wait(); }
    });
}

void UdpListener::receive() {
    for (int turn = 0; turn < batches_a_turn; ++turn) {
        batch_->prepare();
        const int received =
            recvmmsg(socket_.native_handle(), batch_->headers.data(), batch_size, MSG_DONTWAIT, nullptr);
        if (received <= 0) { return; }
        for (std::size_t i = 0; i < static_cast<std::size_t>(received); ++i) {
            mmsghdr& header = batch_->headers[i];
            base::Endpoint local = local_;
            if (any_address_) { local.address = destination(header.msg_hdr).value_or(local_.address); }
            deliver({batch_->datagram(i), header.msg_len}, from_kernel(batch_->sources[i]), local);
        }
        if (static_cast<std::size_t>(received) < batch_size) { return; }
    }
}

void UdpListener::deliver(std::string_view text, const base::Endpoint& remote, const base::Endpoint& local) {
    ++counters_.datagrams_in;
    if (is_keepalive(text)) {
        counters_.count(SocketDrop::keepalive);
        return;
    }
    on_datagram_(text, Flow{Transport::udp, local, remote, 0});
}

bool UdpListener::send(const Flow& flow, std::string_view bytes) {
    sockaddr_storage remote;
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    Control control{};
    msghdr header{};
    header.msg_name = &remote;
    header.msg_namelen = to_kernel(flow.remote, remote);
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (any_address_ && !flow.local.address.is_unspecified()) { set_source(header, control, flow.local.address); }
    if (sendmsg(socket_.native_handle(), &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        const bool passing = is_passing(errno);
        counters_.count(passing ? SocketDrop::send_later : SocketDrop::send_failed);
        return passing;
    }
    ++counters_.datagrams_out;
    return true;
}

}  // namespace sip
