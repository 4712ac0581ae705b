// Who gets a WebSocket, and who is told in HTTP why not (RFC 6455 §4.2, RFC 7118 §4).
#include <gmock/gmock.h>

#include "tests/unit/sip_io/websocket_server.hpp"

namespace sip::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST_F(WebSockets, AreOpenUnderAnyPathAndAmongOtherSubprotocols) {
    start();
    Phone one{context, at};
    EXPECT_TRUE(one.open(upgrade_request("Sec-WebSocket-Protocol: xmpp, sip\r\n", "/ws/sip?x=1")));
    Phone two{context, at};
    EXPECT_TRUE(two.open(upgrade_request("Sec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Protocol: sip\r\n")));
}

TEST_F(WebSockets, RefuseWhoDoesNotSpeakSip) {
    start();
    for (const char* fields : {"", "Sec-WebSocket-Protocol: xmpp\r\n", "Sec-WebSocket-Protocol: SIP\r\n"}) {
        const std::string answer = refusal_of(upgrade_request(fields));
        EXPECT_THAT(answer, HasSubstr("HTTP/1.1 400 Bad Request\r\n")) << fields;
        EXPECT_THAT(answer, HasSubstr("subprotocol sip is needed")) << fields;
    }
    EXPECT_EQ(dropped(SocketDrop::websocket_refused), 3u);
    ASSERT_EQ(server->refusals.size(), 3u);
    EXPECT_THAT(server->refusals[0], HasSubstr("subprotocol"));
    EXPECT_TRUE(run_until(context, [&] { return connections() == 0; }));
    EXPECT_TRUE(server->lost.empty()) << "they never were";
}

TEST_F(WebSockets, TellABrowserThatLooksAroundWhatIsHere) {
    start();
    const std::string answer = refusal_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 426 Upgrade Required\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nUpgrade: websocket\r\n"));
    EXPECT_THAT(refusal_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"), HasSubstr(" 405 "));
}

TEST_F(WebSockets, RefuseRequestsThatLackSomething) {
    start();
    const auto without = [](const std::string& field) {
        std::string request = upgrade_request();
        const auto begin = request.find(field);
        return request.erase(begin, request.find("\r\n", begin) + 2 - begin);
    };
    EXPECT_THAT(refusal_of(without("Host:")), HasSubstr(" 400 "));
    EXPECT_THAT(refusal_of(without("Sec-WebSocket-Key:")), HasSubstr(" 400 "));
    EXPECT_THAT(refusal_of(without("Sec-WebSocket-Version:")), HasSubstr("\r\nSec-WebSocket-Version: 13\r\n"));
    EXPECT_THAT(refusal_of(without("Connection:")), HasSubstr(" 426 "));
    EXPECT_THAT(refusal_of(options_request()), HasSubstr(" 400 "));
    EXPECT_THAT(refusal_of(std::string{"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03 a hello of TLS\r\n\r\n", 31}),
                HasSubstr(" 400 "));
}

TEST_F(WebSockets, ReadARequestUpToItsLimitAndNotOneBytePast) {
    start();
    const std::string empty = upgrade_request("Sec-WebSocket-Protocol: sip\r\nX: \r\n");
    const auto padded = [&](std::size_t size) {
        return upgrade_request("Sec-WebSocket-Protocol: sip\r\nX: " + std::string(size - empty.size(), 'x') + "\r\n");
    };
    Phone phone{context, at};
    EXPECT_TRUE(phone.open(padded(WebSocketUpgrade::max_request)));
    EXPECT_THAT(refusal_of(padded(WebSocketUpgrade::max_request + 1)), HasSubstr(" 431 "));
    EXPECT_THAT(refusal_of("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x')), HasSubstr(" 431 "));
}

TEST_F(WebSockets, TakeARequestThatIsChoppedAndFramesBehindIt) {
    start();
    Client client{context, at};
    const std::string request = upgrade_request();
    for (const char c : request.substr(0, 100)) {
        client.write({&c, 1});
        context.poll();
    }
    client.write(request.substr(100) + frame(options_request("one")) + frame(options_request("two")));
    ASSERT_TRUE(arrived(2));
    EXPECT_EQ(server->messages[1].text, options_request("two"));
}

// Found by fuzzing: a start line that cannot be read was refused before its end had come, or not, as it was chopped.
TEST(WebSocketUpgradeRequest, IsJudgedTheSameHoweverItIsChopped) {
    for (const std::string& request : {std::string{"GET / HTTP/11\r\n\nHost: a\r\n\r\n"}, upgrade_request("")}) {
        WebSocketUpgrade whole;
        ASSERT_EQ(whole.receive(request, {}), WebSocketUpgrade::Verdict::refused);
        WebSocketUpgrade chopped;
        for (std::size_t at = 0; at + 1 < request.size(); ++at) {
            ASSERT_EQ(chopped.receive(request.substr(at, 1), {}), WebSocketUpgrade::Verdict::unfinished) << at;
        }
        EXPECT_EQ(chopped.receive(request.substr(request.size() - 1), {}), WebSocketUpgrade::Verdict::refused);
        EXPECT_EQ(chopped.response(), whole.response());
    }
}

TEST_F(WebSockets, ARequestThatDoesNotEndIsClosed) {
    StreamLimits limits;
    limits.handshake = milliseconds{40};
    start(limits);
    Client client{context, at};
    client.write("GET / HTTP/1.1\r\n");
    ASSERT_TRUE(run_until(context, [&] { return client.closed; }));
    EXPECT_EQ(dropped(SocketDrop::websocket_timeout), 1u);
}

TEST_F(WebSockets, AreForPagesOfTheList) {
    start();
    server->endpoint.set_origins({"https://phone.example.com", "http://localhost:8000"});
    const auto from = [](const std::string& origin) {
        return upgrade_request("Sec-WebSocket-Protocol: sip\r\nOrigin: " + origin + "\r\n");
    };
    EXPECT_THAT(refusal_of(from("https://evil.example.com")), HasSubstr("HTTP/1.1 403 Forbidden\r\n"));
    EXPECT_THAT(refusal_of(from("https://phone.example.com.evil.com")), HasSubstr(" 403 "));
    EXPECT_THAT(refusal_of(from("http://phone.example.com")), HasSubstr(" 403 "));
    EXPECT_THAT(refusal_of(from("null")), HasSubstr(" 403 "));
    for (const auto& request : {from("https://phone.example.com"), from("http://localhost:8000"), upgrade_request()}) {
        Phone phone{context, at};
        EXPECT_TRUE(phone.open(request)) << request;
    }
    server->endpoint.set_origins({});
    Phone anybody{context, at};
    EXPECT_TRUE(anybody.open(from("https://evil.example.com")));
}

}  // namespace
}  // namespace sip::test
