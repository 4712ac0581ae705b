#include "tests/unit/sip_io/sockets.hpp"

namespace sip::test {
namespace {

using asio::ip::udp;

class UdpEndpoint : public ::testing::TestWithParam<const char*> {
protected:
    asio::io_context context;
    Server server{context};
};

std::string receive(asio::io_context& context, udp::socket& socket, udp::endpoint* from = nullptr) {
    std::array<char, 2048> buffer;
    udp::endpoint source;
    std::size_t size = 0;
    bool done = false;
    socket.async_receive_from(asio::buffer(buffer), source, [&](const auto&, std::size_t received) {
        size = received;
        done = true;
    });
    EXPECT_TRUE(run_until(context, [&] { return done; }));
    if (from != nullptr) { *from = source; }
    return {buffer.data(), size};
}

TEST_P(UdpEndpoint, HandsOverADatagramAndAnswersItsSender) {
    const auto address = *base::IpAddress::parse(GetParam());
    const auto at = server.listen(Transport::udp, address);
    server.endpoint.start();
    server.answer = "answer";
    udp::socket peer{context, udp::endpoint{to_asio(address), 0}};
    peer.send_to(asio::buffer("question", 8), to_udp(at));

    udp::endpoint from;
    EXPECT_EQ(receive(context, peer, &from), "answer");
    EXPECT_EQ(from_asio(from), at);
    ASSERT_EQ(server.messages.size(), 1u);
    EXPECT_EQ(server.messages[0].text, "question");
    EXPECT_EQ(server.messages[0].flow, (Flow{Transport::udp, at, from_asio(peer.local_endpoint()), 0}));
}
INSTANTIATE_TEST_SUITE_P(BothFamilies, UdpEndpoint, ::testing::Values("127.0.0.1", "::1"));

class UdpAnyAddress : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(UdpAnyAddress, AnswersFromTheAddressThatWasAsked) {
    const auto any = *base::IpAddress::parse(GetParam().first);
    const auto asked = *base::IpAddress::parse(GetParam().second);
    asio::io_context context;
    Server server{context};
    const auto at = server.listen(Transport::udp, any);
    server.endpoint.start();
    server.answer = "answer";
    udp::socket peer{context, udp::endpoint{to_asio(any.is_v6() ? loopback6 : loopback), 0}};
    peer.send_to(asio::buffer("question", 8), to_udp({asked, at.port}));

    udp::endpoint from;
    EXPECT_EQ(receive(context, peer, &from), "answer");
    EXPECT_EQ(from_asio(from), (base::Endpoint{asked, at.port}));
    EXPECT_EQ(server.messages.at(0).flow.local, (base::Endpoint{asked, at.port}));
}
INSTANTIATE_TEST_SUITE_P(BothFamilies, UdpAnyAddress,
                         ::testing::Values(std::pair{"0.0.0.0", "127.0.0.2"}, std::pair{"::", "::1"}));

// A reload gives a port up and another one is opened, while the first is read until nobody needs it.
TEST(UdpSocket, ComesAndGoesWhileTheEndpointRuns) {
    asio::io_context context;
    Server server{context};
    server.endpoint.start();
    server.answer = "answer";
    const auto at = server.listen(Transport::udp);
    udp::socket peer{context, udp::endpoint{to_asio(loopback), 0}};
    const auto is_answered = [&] {
        peer.send_to(asio::buffer("question", 8), to_udp(at));
        return receive(context, peer) == "answer";
    };
    EXPECT_TRUE(is_answered());
    server.endpoint.retire(Transport::udp, at);
    EXPECT_TRUE(is_answered()) << "calls go on there";
    EXPECT_EQ(server.endpoint.listen(Transport::udp, at, Share::alone).at, at) << "it is the same socket again";
    server.endpoint.leave(Transport::udp, at);
    EXPECT_TRUE(is_answered()) << "which is wanted";
    server.endpoint.retire(Transport::udp, at);
    server.endpoint.leave(Transport::udp, at);
    EXPECT_NO_THROW((udp::socket{context, to_udp(at)})) << "the port is free";
}

TEST(UdpSocket, TakesManyDatagramsInOrderOfArrival) {
    asio::io_context context;
    Server server{context};
    const auto at = server.listen(Transport::udp);
    server.endpoint.start();
    udp::socket peer{context, udp::endpoint{to_asio(loopback), 0}};
    for (int i = 0; i < 200; ++i) { peer.send_to(asio::buffer(std::to_string(i)), to_udp(at)); }
    ASSERT_TRUE(run_until(context, [&] { return server.messages.size() == 200; }));
    for (int i = 0; i < 200; ++i) { EXPECT_EQ(server.messages[static_cast<std::size_t>(i)].text, std::to_string(i)); }
    EXPECT_EQ(server.endpoint.counters().datagrams_in, 200u);
}

TEST(UdpSocket, SwallowsKeepAlivesAndCountsThem) {
    asio::io_context context;
    Server server{context};
    const auto at = server.listen(Transport::udp);
    server.endpoint.start();
    udp::socket peer{context, udp::endpoint{to_asio(loopback), 0}};
    for (const std::string_view text : {std::string_view{"\r\n\r\n"}, std::string_view{"\0", 1}, std::string_view{}}) {
        peer.send_to(asio::buffer(text.data(), text.size()), to_udp(at));
    }
    peer.send_to(asio::buffer("x", 1), to_udp(at));
    ASSERT_TRUE(run_until(context, [&] { return !server.messages.empty(); }));
    EXPECT_EQ(server.messages.size(), 1u);
    EXPECT_EQ(server.endpoint.counters().of(SocketDrop::keepalive), 3u);
}

TEST(UdpSocket, AsksForLargeBuffersAndSaysWhatItGot) {
    asio::io_context context;
    Server server{context};
    const auto bound = server.endpoint.listen(Transport::udp, {loopback, 0}, Share::alone);
    EXPECT_GE(bound.receive_buffer, 64 * 1024);
    EXPECT_GE(bound.send_buffer, 64 * 1024);
    EXPECT_LE(bound.receive_buffer, 4 * 1024 * 1024);
}

TEST(UdpSocket, NamesTheBusyAddress) {
    asio::io_context context;
    Server server{context};
    const auto at = server.listen(Transport::udp);
    try {
        server.endpoint.listen(Transport::udp, at, Share::alone);
        FAIL() << "bound twice";
    } catch (const ListenError& error) {
        EXPECT_EQ(error.what(), "udp://" + at.to_string() + ": address already in use");
    }
}

TEST(UdpSocket, IsSharedByShardsButNotWithASecondServer) {
    asio::io_context context;
    Server one{context};
    const auto at = one.endpoint.listen(Transport::udp, {loopback, 0}, Share::first).at;
    EXPECT_NO_THROW(one.endpoint.listen(Transport::udp, at, Share::joined));
    EXPECT_THROW(one.endpoint.listen(Transport::udp, at, Share::first), ListenError);
}

TEST(UdpSocket, ReportsWhatTheKernelRefusesToSendAfterwards) {
    asio::io_context context;
    Server server{context};
    const auto at = server.listen(Transport::udp);
    const Flow six{Transport::udp, at, {loopback6, 5060}, 0};
    server.endpoint.send({six, "x", TransactionId{7}}, 3);
    EXPECT_TRUE(server.errors.empty());
    ASSERT_TRUE(run_until(context, [&] { return !server.errors.empty(); }));
    EXPECT_EQ(server.errors[0], (std::pair{TransactionId{7}, 3u}));
    EXPECT_EQ(server.endpoint.counters().of(SocketDrop::send_failed), 1u);
}

}  // namespace
}  // namespace sip::test
