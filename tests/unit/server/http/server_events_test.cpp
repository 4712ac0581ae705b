// GET /api/v1/events over real sockets.
#include <gmock/gmock.h>

#include "server/http/server.hpp"
#include "server/observe/http_traffic.hpp"
#include "server/serve_start.hpp"
#include "tests/unit/server/http/fake_control.hpp"
#include "tests/unit/server/http/socket_client.hpp"

namespace server::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

Event event(const std::string& from = "sip:a@h") {
    CallBrief brief;
    brief.id = "c1";
    brief.from = from;
    return CallEvent{CallEvent::Kind::started, base::Clock::now(), std::make_shared<const CallBrief>(brief)};
}

class ServerEvents : public ::testing::Test {
protected:
    void start(Limits limits = {}) {
        server = std::make_unique<Server>(control, traffic, limits);
        GateSettings gate;
        gate.requests_per_second = 10'000;
        at = test::offer(*server, {{test::any_port, {true, true, gate}}}).front();
        server->start();
    }
    // Its stream has begun.
    std::unique_ptr<test::Client> watcher() {
        auto client = std::make_unique<test::Client>(at);
        client->get("/api/v1/events");
        EXPECT_THAT(client->read(": hello\n\n"), HasSubstr("\r\n\r\n: hello\n\n"));
        return client;
    }
    int health() { return test::Client{at}.status_of("/healthz"); }

    test::FakeControl control;
    Log log{config::LogLevel::error, config::LogFormat::text};
    HttpTraffic traffic{log};
    std::unique_ptr<Server> server;
    base::Endpoint at;
};

TEST_F(ServerEvents, AreStreamedAsTheyHappen) {
    start();
    test::Client client{at};
    client.get("/api/v1/events");
    const std::string head = client.read(": hello\n\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_THAT(head, HasSubstr("Cache-Control: no-store\r\n"));
    EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
    for (int i = 1; i <= 3; ++i) {
        control.inbox.put(event());
        EXPECT_THAT(client.read("\n\n"),
                    StartsWith("id: " + std::to_string(i) + "\nevent: call.started\ndata: {\"at\":"));
    }
    EXPECT_EQ(health(), 200);
}

TEST_F(ServerEvents, ACommentSaysThatTheServerIsThere) {
    Limits limits;
    limits.silence = milliseconds{30};
    start(limits);
    const auto client = watcher();
    EXPECT_EQ(client->read("\n\n"), ": still here\n\n");
    EXPECT_EQ(client->read("\n\n"), ": still here\n\n");
}

TEST_F(ServerEvents, GoOnDuringADrainAndEndWithTheServer) {
    start();
    const auto client = watcher();
    control.drain();
    control.inbox.put(event());
    EXPECT_THAT(client->read("\n\n"), HasSubstr("call.started"));
    server->stop();
    EXPECT_EQ(client->read(), "");
}

TEST_F(ServerEvents, HeadIsAnsweredAndWatchesNothing) {
    start();
    test::Client client{at};
    client.send("HEAD /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.read(), HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_FALSE(control.inbox.is_watched());
}

TEST_F(ServerEvents, OneClientPastTheLimitIsToldWhenToComeBack) {
    Limits limits;
    limits.events.clients = 1;
    start(limits);
    auto first = watcher();
    test::Client second{at};
    second.get("/api/v1/events");
    const std::string answer = second.read();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(answer, HasSubstr("Retry-After: "));
    EXPECT_THAT(answer, HasSubstr("application/problem+json"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

// Its place is free as soon as the server has noticed.
TEST_F(ServerEvents, AClientThatGoesMakesRoomForAnother) {
    Limits limits;
    limits.events.clients = 1;
    start(limits);
    for (int i = 0; i < 20; ++i) {
        std::string head = "HTTP/1.1 503 ";
        std::unique_ptr<test::Client> client;
        for (int tries = 0; tries < 10'000 && head.starts_with("HTTP/1.1 503 "); ++tries) {
            client = std::make_unique<test::Client>(at);
            client->get("/api/v1/events");
            head = client->read("\n\n");
        }
        ASSERT_THAT(head, StartsWith("HTTP/1.1 200 "));
        control.inbox.put(event());
        EXPECT_THAT(client->read("\n\n"), HasSubstr("call.started")) << i;
    }
}

TEST_F(ServerEvents, AClientThatDoesNotReadIsSentAwayAndHoldsUpNobody) {
    Limits limits;
    limits.events.waiting = 50;
    start(limits);
    test::Client slow{at, 4096};
    slow.get("/api/v1/events");
    const auto quick = watcher();
    const std::string long_name(20'000, 'x');
    int told = 0;
    for (; told < 5'000 && control.inbox.report().too_slow == 0; ++told) {
        control.inbox.put(event(long_name));
        ASSERT_THAT(quick->read("\n\n"), StartsWith("id: "));
    }
    EXPECT_EQ(control.inbox.report().too_slow, 1u) << "after " << told;
    EXPECT_EQ(health(), 200);
    EXPECT_TRUE(slow.read().ends_with("\n\nevent: overflow\ndata: {}\n\n")) << "it may read that it is to come again";
}

TEST_F(ServerEvents, AClientThatNeverReadsIsClosed) {
    Limits limits;
    limits.write = milliseconds{50};
    start(limits);
    test::Client slow{at, 4096};
    slow.get("/api/v1/events");
    const auto quick = watcher();
    const std::string long_name(200'000, 'x');
    int told = 0;
    for (; told < 5'000 && control.inbox.report().too_slow == 0; ++told) {
        control.inbox.put(event(long_name));
        ASSERT_THAT(quick->read("\n\n"), StartsWith("id: "));
    }
    EXPECT_EQ(control.inbox.report().too_slow, 1u);
}

TEST_F(ServerEvents, AClientThatSaysSomethingMoreIsDoneWithIt) {
    start();
    const auto client = watcher();
    client->get("/healthz");
    EXPECT_EQ(client->read(), "");
}

TEST_F(ServerEvents, AThousandClientsAtOnceLeaveRoomForOthers) {
    raise_descriptor_limit();
    start();
    std::vector<std::unique_ptr<test::Client>> clients;
    for (int i = 0; i < 1'000; ++i) {
        clients.push_back(std::make_unique<test::Client>(at));
        clients.back()->get("/api/v1/events");
    }
    std::size_t watching = 0;
    std::size_t refused = 0;
    for (auto& client : clients) {
        const std::string head = client->read("\n\n");
        watching += head.starts_with("HTTP/1.1 200 ") ? 1 : 0;
        refused += head.starts_with("HTTP/1.1 503 ") || head.empty() ? 1 : 0;
    }
    EXPECT_EQ(watching, EventLimits{}.clients);
    EXPECT_EQ(watching + refused, clients.size());
    EXPECT_EQ(health(), 200);
    control.inbox.put(event());
    for (auto& client : clients) { client.reset(); }
    EXPECT_EQ(health(), 200);
}

}  // namespace
}  // namespace server::http
