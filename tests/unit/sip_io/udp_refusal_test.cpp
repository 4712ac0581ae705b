// What the kernel refuses to send: this executable's own sendmsg stands in front of the C library's.
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "tests/unit/sip_io/sockets.hpp"

namespace {
int refusal = 0;  // errno of every send; 0: the kernel is asked
}

extern "C" ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
    if (refusal == 0) { return syscall(SYS_sendmsg, descriptor, message, flags); }
    errno = refusal;
    return -1;
}

namespace sip::test {
namespace {

class UdpRefusal : public ::testing::TestWithParam<int> {
protected:
    ~UdpRefusal() override { refusal = 0; }
    void send(int error) {
        refusal = error;
        server.endpoint.send({Flow{Transport::udp, at, {loopback, 9}, 0}, "x", TransactionId{7}}, 3);
    }
    // Whatever send() has left to be told.
    void run_dry() {
        context.restart();
        context.poll();
    }
    std::uint64_t dropped(SocketDrop why) const { return server.endpoint.counters().of(why); }

    asio::io_context context;
    Server server{context};
    const base::Endpoint at = server.listen(Transport::udp);
};

class UdpPassingRefusal : public UdpRefusal {};

TEST_P(UdpPassingRefusal, IsCountedAndLeftToTheTimersThatSendAgain) {
    send(GetParam());
    run_dry();
    EXPECT_TRUE(server.errors.empty());
    EXPECT_EQ(dropped(SocketDrop::send_later), 1u);
    EXPECT_EQ(dropped(SocketDrop::send_failed), 0u);
    EXPECT_EQ(server.endpoint.counters().datagrams_out, 0u);
}
INSTANTIATE_TEST_SUITE_P(Errors, UdpPassingRefusal, ::testing::Values(EAGAIN, ENOBUFS, ENOMEM, EPERM, EINTR));

class UdpLastingRefusal : public UdpRefusal {};

TEST_P(UdpLastingRefusal, IsReported) {
    send(GetParam());
    run_dry();
    ASSERT_EQ(server.errors.size(), 1u);
    EXPECT_EQ(server.errors[0], (std::pair{TransactionId{7}, 3u}));
    EXPECT_EQ(dropped(SocketDrop::send_later), 0u);
    EXPECT_EQ(dropped(SocketDrop::send_failed), 1u);
}
INSTANTIATE_TEST_SUITE_P(Errors, UdpLastingRefusal,
                         ::testing::Values(EMSGSIZE, EAFNOSUPPORT, EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH, EINVAL,
                                           EACCES));

}  // namespace
}  // namespace sip::test
