// SIP over WebSocket (RFC 7118) over real loopback sockets.
#include <gmock/gmock.h>

#include "tests/unit/sip_io/websocket_server.hpp"

namespace sip::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST_F(WebSockets, CarryMessagesBothWaysAndNameTheirTransport) {
    start();
    server->answer = "SIP/2.0 200 OK\r\n\r\n";
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    EXPECT_THAT(phone.response, HasSubstr("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    EXPECT_THAT(phone.response, HasSubstr("\r\nSec-WebSocket-Protocol: sip\r\n"));
    phone.say(options_request());
    EXPECT_EQ(phone.hear(), (Heard{Opcode::text, server->answer}));
    EXPECT_EQ(server->messages.at(0).text, options_request());
    const Flow& flow = server->messages[0].flow;
    EXPECT_EQ(flow.transport, Transport::ws);
    EXPECT_EQ(flow.local, at);
    EXPECT_EQ(flow.remote, from_asio(phone.connection.socket.local_endpoint()));
    EXPECT_EQ(shard_of_connection(flow.connection), 5u);
    EXPECT_EQ(connections(), 1u);
    EXPECT_EQ(server->endpoint.counters().connections, 1u);
}

TEST_F(WebSockets, TakeBinaryAndFragmentedMessagesWithControlFramesBetween) {
    start();
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.say(options_request("one"), Opcode::binary);
    ASSERT_TRUE(arrived(1));
    const std::string two = options_request("two");
    phone.connection.write(frame(two.substr(0, 10), Opcode::text, false) + frame("", Opcode::continuation, false));
    phone.connection.write(frame("are you there", Opcode::ping) +
                           frame(two.substr(10, 50), Opcode::continuation, false));
    EXPECT_EQ(phone.hear(), (Heard{Opcode::pong, "are you there"}));
    EXPECT_EQ(server->messages.size(), 1u);
    phone.connection.write(frame("", Opcode::pong) + frame(two.substr(60), Opcode::continuation));
    ASSERT_TRUE(arrived(2));
    EXPECT_EQ(server->messages[0].text, options_request("one"));
    EXPECT_EQ(server->messages[1].text, two);
}

TEST_F(WebSockets, TakeMessagesHoweverTheyAreChopped) {
    start();
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    for (const char c : frame(options_request("one")) + frame(options_request("two"))) {
        phone.connection.write({&c, 1});
        context.poll();
    }
    ASSERT_TRUE(arrived(2));
    EXPECT_EQ(server->messages[1].text, options_request("two"));
}

TEST_F(WebSockets, SendWhatIsNoUtf8InBinaryFrames) {
    start();
    server->answer = "SIP/2.0 200 \xff\r\n\r\n";
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.say(options_request());
    EXPECT_EQ(phone.hear(), (Heard{Opcode::binary, server->answer}));
    server->answer = "SIP/2.0 200 \xc3\xa4\r\n\r\n";
    phone.say(options_request());
    EXPECT_EQ(phone.hear(), (Heard{Opcode::text, server->answer}));
}

TEST_F(WebSockets, CarryLargeMessagesInTheirOrder) {
    StreamLimits limits;
    limits.message.message = 50'000;
    start(limits);
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    const std::string largest(50'000, 'x');
    phone.say(largest);
    ASSERT_TRUE(arrived(1));
    EXPECT_EQ(server->messages[0].text, largest);
    for (int i = 0; i < 5; ++i) {
        server->endpoint.send({server->messages[0].flow, std::to_string(i) + std::string(100'000, 'y'), {}}, 0);
    }
    for (int i = 0; i < 5; ++i) { EXPECT_EQ(phone.hear().payload, std::to_string(i) + std::string(100'000, 'y')); }
}

TEST_F(WebSockets, AnswerTheKeepAliveOfPhonesWithExactlyOneLineEnd) {
    start();
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.say("\r\n\r\n");
    EXPECT_EQ(phone.hear(), (Heard{Opcode::text, "\r\n"}));
    phone.say("\r\n");
    phone.say("\r\n\r\n", Opcode::binary);
    EXPECT_EQ(phone.hear(), (Heard{Opcode::text, "\r\n"}));
    EXPECT_TRUE(server->messages.empty());
}

TEST_F(WebSockets, AreClosedByWhoCloses) {
    start();
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.say(options_request());
    phone.connection.write(frame("\x03\xe9 bye", Opcode::close));
    EXPECT_EQ(close_code(phone.hear()), 1001u);
    EXPECT_TRUE(phone.hears_nothing_more());
    EXPECT_EQ(server->messages.size(), 1u);
    phone.connection.socket.close();
    ASSERT_TRUE(run_until(context, [&] { return server->lost.size() == 1; }));
    EXPECT_EQ(server->lost[0], server->messages[0].flow);
    EXPECT_EQ(connections(), 0u);
}

TEST_F(WebSockets, TakeTheLastMessageOfWhoLeavesWithoutAWord) {
    start();
    auto phone = std::make_unique<Phone>(context, at);
    ASSERT_TRUE(phone->open());
    phone->say(options_request("one"));
    phone->say(options_request("two"));
    phone.reset();
    ASSERT_TRUE(run_until(context, [&] { return server->lost.size() == 1; }));
    EXPECT_EQ(server->messages.size(), 2u);
}

TEST_F(WebSockets, SayThatTheyGoAway) {
    start();
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.say(options_request());
    ASSERT_TRUE(arrived(1));
    server->endpoint.close();
    EXPECT_EQ(close_code(phone.hear()), 1001u);
}

TEST_F(WebSockets, EndWithTheirReasonWhenFramesAreWrong) {
    start();
    EXPECT_EQ(code_for("\x81\x01x"), 1002u) << "not masked";
    EXPECT_EQ(code_for(frame("x", Opcode{3})), 1002u) << "no opcode";
    EXPECT_EQ(code_for(frame("x", Opcode::continuation)), 1002u) << "of nothing";
    EXPECT_EQ(code_for(frame("x", Opcode::text, false) + frame("y")), 1002u) << "two at once";
    EXPECT_EQ(code_for(frame("x", Opcode::ping, false)), 1002u) << "a ping in parts";
    EXPECT_EQ(code_for(frame(std::string(126, 'x'), Opcode::ping)), 1002u) << "a long ping";
    EXPECT_EQ(code_for("\xc1\x80" + std::string(4, '\0')), 1002u) << "compressed";
    EXPECT_EQ(code_for(frame("x", Opcode::close)), 1002u) << "half a code";
    EXPECT_EQ(dropped(SocketDrop::websocket_protocol), 8u);
    EXPECT_EQ(code_for(frame("SIP \xff")), 1007u);
    EXPECT_EQ(code_for(frame("SIP \xc3", Opcode::text, false) + frame("(", Opcode::continuation)), 1007u);
    EXPECT_EQ(dropped(SocketDrop::websocket_protocol), 10u);
    EXPECT_TRUE(server->messages.empty());
}

TEST_F(WebSockets, EndWithTooBigBeforeAMessageIsRead) {
    StreamLimits limits;
    limits.message.message = 1000;
    start(limits);
    const std::string key(4, '\0');
    EXPECT_EQ(code_for(frame_head(Opcode::text, 1001) + key), 1009u);
    EXPECT_EQ(code_for(frame_head(Opcode::binary, std::uint64_t{1} << 40) + key), 1009u);
    EXPECT_EQ(code_for(frame_head(Opcode::binary, std::uint64_t{1} << 63) + key), 1009u);
    EXPECT_EQ(code_for(frame_head(Opcode::binary, ~std::uint64_t{0}) + key), 1009u);
    EXPECT_EQ(dropped(SocketDrop::websocket_too_big), 4u);
}

TEST_F(WebSockets, EndWithTooBigWhenFragmentsAddUp) {
    StreamLimits limits;
    limits.message.message = 1000;
    start(limits);
    std::string bomb = frame("x", Opcode::text, false);
    for (int i = 1; i < 1000; ++i) { bomb += frame("x", Opcode::continuation, false); }
    EXPECT_EQ(code_for(bomb + frame("x", Opcode::continuation, false)), 1009u);
    EXPECT_EQ(code_for(frame("x", Opcode::text, false) + frame_head(Opcode::continuation, ~std::uint64_t{0}, false) +
                       std::string(4, '\0')),
              1009u);
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.connection.write(bomb + frame("", Opcode::continuation));
    ASSERT_TRUE(arrived(1));
    EXPECT_EQ(server->messages[0].text, std::string(1000, 'x')) << "up to the limit";
}

TEST_F(WebSockets, AMessageThatDoesNotEndIsClosed) {
    StreamLimits limits;
    limits.partial_message = milliseconds{40};
    start(limits);
    Phone half{context, at};
    Phone fragments{context, at};
    Phone idle{context, at};
    ASSERT_TRUE(half.open() && fragments.open() && idle.open());
    half.connection.write(frame(options_request()).substr(0, 100));
    fragments.connection.write(frame(options_request(), Opcode::text, false));
    EXPECT_TRUE(run_until(context, [&] { return half.connection.closed && fragments.connection.closed; }));
    EXPECT_EQ(dropped(SocketDrop::partial_message), 2u);
    EXPECT_EQ(connections(), 1u);
}

TEST_F(WebSockets, AreAskedWhetherTheirPhoneIsThereAndClosedWhereItIsNot) {
    StreamLimits limits;
    limits.ping = milliseconds{20};
    limits.pong = milliseconds{200};
    limits.idle = milliseconds{20};
    start(limits);
    Phone gone{context, at};
    Phone there{context, at};
    ASSERT_TRUE(gone.open() && there.open());
    for (int i = 0; i < 3; ++i) {
        const Heard heard = there.hear();
        ASSERT_EQ(heard.opcode, Opcode::ping);
        there.say(heard.payload, Opcode::pong);
    }
    EXPECT_EQ(gone.hear().opcode, Opcode::ping);
    ASSERT_TRUE(run_until(context, [&] {
        if (const auto heard = take_frame(there.connection.received)) { there.say(heard->payload, Opcode::pong); }
        return gone.connection.closed;
    }));
    EXPECT_EQ(dropped(SocketDrop::websocket_pong), 1u);
    EXPECT_EQ(dropped(SocketDrop::idle), 0u);
    EXPECT_EQ(connections(), 1u);
    EXPECT_TRUE(run_until(context, [&] { return server->lost.size() == 1; }));
}

TEST_F(WebSockets, AreClosedWhereThePhoneDoesNotReadAndWhatItDidNotIsReported) {
    StreamLimits limits;
    limits.write_queue = 100'000;
    start(limits);
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    phone.say(options_request());
    ASSERT_TRUE(arrived(1));
    const Flow flow = server->messages[0].flow;
    const std::string chunk(50'000, 'x');
    for (std::size_t sent = 0; dropped(SocketDrop::write_queue) == 0 && sent < 64 * 1024 * 1024; sent += chunk.size()) {
        server->endpoint.send({flow, chunk, TransactionId{1}}, 0);
    }
    EXPECT_EQ(dropped(SocketDrop::write_queue), 1u);
    EXPECT_EQ(connections(), 0u);
    EXPECT_TRUE(run_until(context, [&] { return server->errors.size() >= 2; }));
}

TEST_F(WebSockets, APhoneThatPingsAndDoesNotReadIsClosed) {
    StreamLimits limits;
    limits.write_queue = 100'000;
    start(limits);
    asio::ip::tcp::socket socket{context};
    socket.connect(to_tcp(at));
    asio::write(socket, asio::buffer(upgrade_request()));
    socket.non_blocking(true);
    std::string pings;
    for (int i = 0; i < 500; ++i) { pings += frame(std::string(125, 'x'), Opcode::ping); }
    std::size_t at_byte = 0;
    ASSERT_TRUE(run_until(context, [&] {
        boost::system::error_code full;
        at_byte += socket.write_some(asio::buffer(pings.data() + at_byte, pings.size() - at_byte), full);
        if (at_byte == pings.size()) { at_byte = 0; }
        return dropped(SocketDrop::write_queue) == 1;
    }));
    EXPECT_EQ(connections(), 0u);
}

TEST_F(WebSockets, WhatIsForALostOneIsReportedAndNoOtherIsOpened) {
    start();
    auto phone = std::make_unique<Phone>(context, at);
    ASSERT_TRUE(phone->open());
    phone->say(options_request());
    ASSERT_TRUE(arrived(1));
    phone.reset();
    ASSERT_TRUE(run_until(context, [&] { return server->lost.size() == 1; }));
    const Flow flow = server->messages[0].flow;
    ListeningPeer elsewhere{context};
    server->endpoint.send({flow, "SIP/2.0 200 OK\r\n\r\n", TransactionId{1}}, 3);
    server->endpoint.send({flow, "BYE ", TransactionId{2}}, 3);
    server->endpoint.send({{Transport::ws, {}, elsewhere.at(), 0}, "INVITE ", TransactionId{3}}, 3);
    EXPECT_TRUE(server->errors.empty()) << "not from within send";
    ASSERT_TRUE(run_until(context, [&] { return server->errors.size() == 3; }));
    EXPECT_EQ(server->errors[0], (std::pair{TransactionId{1}, 3u}));
    EXPECT_EQ(dropped(SocketDrop::no_connection), 3u);
    EXPECT_TRUE(elsewhere.accepted.empty());
}

TEST_F(WebSockets, ShareTheLimitsOfStreams) {
    StreamLimits limits;
    limits.connections_per_source = 2;
    start(limits);
    const auto plain_at = server->listen(Transport::tcp);
    server->endpoint.start();
    Client plain{context, plain_at};
    Phone phone{context, at};
    ASSERT_TRUE(phone.open());
    Client third{context, at};
    ASSERT_TRUE(run_until(context, [&] { return third.closed; }));
    EXPECT_EQ(dropped(SocketDrop::source_limit), 1u);
}

}  // namespace
}  // namespace sip::test
