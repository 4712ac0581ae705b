// The HTTP listener over real sockets.
#include "server/http/server.hpp"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "server/observe/http_traffic.hpp"
#include "tests/unit/server/http/fake_control.hpp"
#include "tests/unit/server/http/socket_client.hpp"

namespace server::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using test::any_port;
using test::Client;

class HttpServer : public ::testing::Test {
protected:
    ~HttpServer() override {
        server.reset();
        log.reset();  // it writes there until then
        close(log_file);
    }
    void start(Limits limits = {}, const GateSettings& gate = {}) {
        server = std::make_unique<Server>(control, traffic, limits);
        at = offer({{any_port, {true, true, gate}}}).front();
        server->start();
    }
    std::vector<base::Endpoint> offer(const std::vector<Place>& places) { return test::offer(*server, places); }
    std::string logged() {
        server.reset();
        log.reset();
        std::string text(64 * 1024, '\0');
        const ssize_t size = pread(log_file, text.data(), text.size(), 0);
        return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    // Until it waits for us: nobody answers it.
    void ask_in_vain(Client& client) {
        const unsigned before = control.reports;
        client.get("/metrics");
        const auto deadline = base::Clock::now() + std::chrono::seconds{10};
        while (control.reports == before) {
            ASSERT_LT(base::Clock::now(), deadline);
            std::this_thread::yield();
        }
    }
    // A client may see its connection end before the thread of HTTP has counted why.
    void wait_for_refusals(const std::string& reason, std::uint64_t count) {
        const auto deadline = base::Clock::now() + std::chrono::seconds{10};
        while (traffic.report().refused[reason] < count) {
            ASSERT_LT(base::Clock::now(), deadline);
            std::this_thread::yield();
        }
    }

    test::FakeControl control;
    const int log_file = memfd_create("log", MFD_CLOEXEC);
    std::optional<Log> log{std::in_place, config::LogLevel::debug, config::LogFormat::text, log_file};
    HttpTraffic traffic{*log};
    std::unique_ptr<Server> server;
    base::Endpoint at;
};

TEST_F(HttpServer, AnswersSeveralRequestsOnOneConnection) {
    start();
    Client client{at};
    for (int i = 0; i < 3; ++i) {
        client.get("/healthz");
        const std::string answer = client.read("}\n");
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
        EXPECT_THAT(answer, HasSubstr("{\"status\":\"ok\"}"));
    }
}

TEST_F(HttpServer, ClosesWhenTheClientWantsIt) {
    start();
    Client client{at};
    client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read();
    EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
    EXPECT_THAT(answer, HasSubstr("holdfast_build_info"));
}

TEST_F(HttpServer, SendsNoBodyForHead) {
    start();
    Client client{at};
    client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read();
    EXPECT_THAT(answer, HasSubstr("Content-Length: 16\r\n"));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServer, RefusesWhatIsNoHttpAndCloses) {
    start();
    Client client{at};
    client.send("what is this\r\n\r\n");
    EXPECT_THAT(client.read(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServer, RefusesAHeaderAndABodyPastTheirLimits) {
    Limits limits;
    limits.header = 1024;
    limits.body = 10;
    start(limits);
    Client wide{at};
    wide.send("GET /healthz HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
    EXPECT_THAT(wide.read(), StartsWith("HTTP/1.1 431 "));
    Client heavy{at};
    heavy.send("POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n");
    EXPECT_THAT(heavy.read(), StartsWith("HTTP/1.1 413 "));
    Client verbose{at};
    verbose.send("POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
                 std::string(1'000'000, 'x'));
    EXPECT_THAT(verbose.read(), StartsWith("HTTP/1.1 413 ")) << "it reads only when it has sent all";
    Client endless{at};
    endless.send("POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" +
                 std::string(11, 'x') + "\r\n");
    EXPECT_THAT(endless.read(), StartsWith("HTTP/1.1 413 "));
    Client just_right{at};
    just_right.send("POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n0123456789");
    EXPECT_THAT(just_right.read("}\n"), StartsWith("HTTP/1.1 202 "));
}

TEST_F(HttpServer, ClosesClientsThatDoNotFinishTheirRequestWhileItServesOthers) {
    Limits limits;
    limits.request = milliseconds{500};
    start(limits);
    Client slow_header{at};
    slow_header.send("GET /healthz HTT");
    Client slow_body{at};
    slow_body.send("PUT /api/v1/log HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
    Client idle{at};
    EXPECT_EQ(Client{at}.status_of("/healthz"), 200);
    EXPECT_EQ(slow_header.read(), "");
    EXPECT_EQ(slow_body.read(), "");
    EXPECT_EQ(idle.read(), "");
    wait_for_refusals("request_timeout", 2);
    server->stop();
    EXPECT_EQ(traffic.report().refused.at("request_timeout"), 2u) << "who says nothing is refused nothing";
}

TEST_F(HttpServer, ClosesAClientThatDoesNotReadWhileItServesOthers) {
    for (int i = 0; i < 800; ++i) { control.add(std::to_string(i)).from = std::string(20'000, 'x'); }
    Limits limits;
    limits.write = milliseconds{200};
    limits.slowest_reader = 1'000'000'000;
    start(limits);
    Client lazy{at};
    lazy.get("/api/v1/calls?limit=1000");
    EXPECT_EQ(Client{at}.status_of("/healthz"), 200);
    wait_for_refusals("answer_timeout", 1);
    EXPECT_LT(lazy.read().size(), 16'000'000u) << "the rest never came";
    EXPECT_EQ(Client{at}.status_of("/healthz"), 200);
}

TEST_F(HttpServer, GivesALongAnswerTheTimeThatASlowLineTakes) {
    constexpr std::size_t size = 16'000'000;
    control.add("one").from = std::string(size, 'x');
    Limits limits;
    limits.write = milliseconds{1};
    limits.slowest_reader = size / 60;
    start(limits);
    Client slow{at};
    slow.get("/api/v1/calls");
    EXPECT_GT(slow.read("}\n").size(), size) << "in a millisecond it cannot have been sent";
    EXPECT_EQ(traffic.report().refused.count("answer_timeout"), 0u);
}

TEST_F(HttpServer, ClosesWhoDoesNotReadForANewcomer) {
    control.add("one").from = std::string(16'000'000, 'x');
    Limits limits;
    limits.connections = 1;
    start(limits);
    Client lazy{at};
    lazy.get("/api/v1/calls");
    char first = 0;
    lazy.socket.receive(boost::asio::buffer(&first, 1));
    EXPECT_EQ(Client{at}.status_of("/healthz"), 200);
    EXPECT_LT(lazy.read().size(), 16'000'000u) << "the rest never came";
}

TEST_F(HttpServer, AnswersTargetsThatTryToLeadElsewhere) {
    start();
    const std::pair<std::string, int> targets[] = {{"/api/v1/../status", 404},
                                                   {"/api/v1/./status", 404},
                                                   {"/api/v1/%2e%2e/status", 404},
                                                   {"/api/v1/calls/..%2f..%2fetc%2fpasswd", 404},
                                                   {"/api/v1/calls/%2e%2e", 404},
                                                   {"//api/v1/status", 404},
                                                   {"/api//v1/status", 404},
                                                   {"/api/v1//status", 404},
                                                   {"/api%2fv1/status", 404},
                                                   {"/API/v1/status", 404},
                                                   {"/api/v1/calls/%00", 400},
                                                   {"/api/v1/calls/%", 400},
                                                   {"/api/v1/calls?limit=1&limit=2", 400},
                                                   {"http://localhost/api/v1/status", 400},
                                                   {"*", 400},
                                                   {"/api/v1/calls/" + std::string(8000, 'x'), 404},
                                                   {"/api/v1/status", 200}};
    Client client{at};
    for (const auto& [target, status] : targets) { EXPECT_EQ(client.status_of(target), status) << target; }
    for (const std::string& target : {std::string{"/a\0b", 4}, std::string{"/a\nb"}, std::string{"/a b"}}) {
        EXPECT_EQ(Client{at}.status_of(target), 400) << target;
    }
    EXPECT_EQ(Client{at}.status_of("/" + std::string(17'000, 'x')), 431);
}

TEST_F(HttpServer, TurnsAwayWhoGuessesTokensOrAsksTooOften) {
    start({}, {"s3cret", 1, 2});
    Client client{at};
    const std::string good = "Authorization: Bearer s3cret\r\n";
    EXPECT_EQ(client.status_of("/api/v1/status", good), 200);
    EXPECT_EQ(client.status_of("/api/v1/status", "Authorization: Bearer guess\r\n"), 401);
    EXPECT_EQ(client.status_of("/api/v1/nothing", "Authorization: Bearer other\r\n"), 401);
    client.get("/api/v1/status", good);
    const std::string refusal = client.read("}\n");
    EXPECT_THAT(refusal, StartsWith("HTTP/1.1 429 "));
    EXPECT_THAT(refusal, HasSubstr("\r\nRetry-After: "));
    EXPECT_THAT(refusal, HasSubstr("\r\nContent-Type: application/problem+json\r\n"));
    for (int i = 0; i < 20; ++i) { EXPECT_EQ(client.status_of("/healthz"), 200); }
    const HttpReport report = traffic.report();
    EXPECT_EQ(report.refused.at("wrong_token"), 2u);
    EXPECT_EQ(report.refused.at("wrong_tokens"), 1u);
    const auto of_status = [&](const char* status) { return std::tuple{"GET", "/api/v1/status", status}; };
    EXPECT_EQ(report.requests.at(of_status("200")), 1u);
    EXPECT_EQ(report.requests.at(of_status("429")), 1u);
    EXPECT_EQ(report.requests.at({"GET", "none", "401"}), 1u);
    EXPECT_EQ(report.connections.at("admin"), 1u);
}

TEST_F(HttpServer, TellsTheLogOfEachRequestWithoutItsQueryAndItsToken) {
    start({}, {"s3cret"});
    Client client{at};
    client.send(
        "PUT /api/v1/log?note=hidden HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n"
        "Content-Length: 17\r\n\r\n{\"level\":\"debug\"}");
    EXPECT_THAT(client.read("}\n"), StartsWith("HTTP/1.1 200 "));
    EXPECT_EQ(client.status_of("http://user:hidden@localhost/"), 400);
    EXPECT_EQ(Client{at}.status_of("/a b"), 400);
    const std::string text = logged();
    EXPECT_THAT(text, HasSubstr("info http.request method=PUT path=/api/v1/log status=200 duration_ms="));
    EXPECT_THAT(text, HasSubstr("source=127.0.0.1:"));
    EXPECT_THAT(text, HasSubstr("debug http.request method=GET path=* status=400 "));
    EXPECT_THAT(text, HasSubstr("refused=malformed"));
    EXPECT_EQ(text.find("s3cret"), text.npos);
    EXPECT_EQ(text.find("hidden"), text.npos);
}

TEST_F(HttpServer, SaysSoWhenTheShardsDoNotAnswer) {
    Limits limits;
    limits.answer = milliseconds{30};
    control.silent = true;
    start(limits);
    Client client{at};
    client.get("/metrics");
    EXPECT_THAT(client.read("}\n"), StartsWith("HTTP/1.1 503 "));
    client.get("/healthz");
    EXPECT_THAT(client.read("}\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, ClosesOnePastItsLimitOfConnectionsWhereAllAreBeingAnswered) {
    Limits limits;
    limits.connections = 2;
    control.silent = true;
    start(limits);
    Client first{at};
    ask_in_vain(first);
    Client second{at};
    ask_in_vain(second);
    Client third{at};
    EXPECT_EQ(third.read(), "");
    EXPECT_EQ(traffic.report().refused.at("connections"), 1u);
}

TEST_F(HttpServer, ClosesWhoHasWaitedLongestForANewcomer) {
    Limits limits;
    limits.connections = 3;
    control.silent = true;
    start(limits);
    Client busy{at};
    ask_in_vain(busy);
    Client slow{at};
    slow.send("GET /healthz HTT");
    Client idle{at};
    EXPECT_EQ(idle.status_of("/healthz"), 200);
    EXPECT_EQ(Client{at}.status_of("/healthz"), 200);
    EXPECT_EQ(slow.read(), "");
    EXPECT_EQ(idle.status_of("/healthz"), 200);
    EXPECT_EQ(traffic.report().refused.at("connections"), 1u);
}

TEST_F(HttpServer, StopsWithRequestsUnderWay) {
    control.silent = true;
    start();
    Client waiting{at};
    waiting.get("/metrics");
    Client idle{at};
    server->stop();
    EXPECT_EQ(idle.read(), "");
    EXPECT_THROW(Client{at}, boost::system::system_error);
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }

TEST_F(HttpServer, OffersOnOpenConnectionsWhatIsOfferedNow) {
    GateSettings gate;
    gate.token = "old";
    start({}, gate);
    Client open{at};
    EXPECT_EQ(open.status_of("/api/v1/status", bearer("old")), 200);
    Client watching{at};
    watching.get("/api/v1/events", bearer("old"));
    EXPECT_THAT(watching.read(": hello\n\n"), StartsWith("HTTP/1.1 200 "));
    gate.token = "new";
    EXPECT_EQ(offer({{any_port, {true, false, gate}}}).front(), at) << "it stays where it is";
    EXPECT_EQ(open.status_of("/api/v1/status", bearer("old")), 401);
    EXPECT_EQ(open.status_of("/api/v1/status", bearer("new")), 200);
    EXPECT_EQ(open.status_of("/metrics"), 404);
    EXPECT_THAT(watching.read(), HasSubstr("event: overflow")) << "and it has to come again";
}

TEST_F(HttpServer, MovesToAnotherAddressAndLeavesTheFirst) {
    start();
    const base::Endpoint elsewhere{base::IpAddress::v4({127, 0, 0, 2}), 0};
    const auto bound = offer({{elsewhere, {true, false, {}}}, {any_port, {false, true, {}}}});
    Client admin{bound[0]};
    EXPECT_EQ(admin.status_of("/api/v1/status"), 200);
    Client metrics{bound[1]};
    EXPECT_EQ(metrics.status_of("/api/v1/status"), 404);
    EXPECT_THROW(Client{at}, boost::system::system_error);
    EXPECT_EQ(offer({{elsewhere, {true, true, {}}}}).front(), bound[0]);
    EXPECT_EQ(metrics.status_of("/metrics"), 404) << "nothing is offered there any more";
    EXPECT_EQ(admin.status_of("/healthz"), 200);
    EXPECT_THROW(Client{bound[1]}, boost::system::system_error);
}

TEST_F(HttpServer, StaysWhereItIsWhileAMoveIsOnlyPrepared) {
    start();
    {
        const base::Endpoint elsewhere{base::IpAddress::v4({127, 0, 0, 2}), 0};
        const Server::Move given_up = server->prepare({{elsewhere, {true, true, {}}}});
    }
    Client client{at};
    EXPECT_EQ(client.status_of("/healthz"), 200);
}

TEST_F(HttpServer, NamesTheBusyAddress) {
    start();
    Server second{control, traffic};
    try {
        second.prepare({{at, {true, true, {}}}});
        FAIL() << "two servers on one port";
    } catch (const ListenError& error) {
        EXPECT_EQ(error.what(), "http://" + at.to_string() + ": address already in use");
    }
}

}  // namespace
}  // namespace server::http
