// The HTTP listener over real sockets.
#include "server/http/server.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "sip/io/socket_address.hpp"
#include "tests/unit/server/http/fake_control.hpp"

namespace server::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const base::Endpoint any_port{base::IpAddress::v4({127, 0, 0, 1}), 0};

class Client {
public:
    explicit Client(const base::Endpoint& server) {
        socket.connect(sip::to_tcp(server));
        const timeval limit{10, 0};
        setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    void send(const std::string& text) { asio::write(socket, asio::buffer(text)); }
    void get(const std::string& path) { send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"); }
    // Until what comes ends so, or the connection does.
    std::string read(const std::string& end = {}) {
        std::string text;
        std::array<char, 4096> buffer;
        while (end.empty() || !text.ends_with(end)) {
            const ssize_t size = recv(socket.native_handle(), buffer.data(), buffer.size(), 0);
            if (size <= 0) { break; }
            text.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return text;
    }

private:
    asio::io_context context_;

public:
    asio::ip::tcp::socket socket{context_};
};

class HttpServer : public ::testing::Test {
protected:
    void start(Limits limits = {}) {
        server = std::make_unique<Server>(control, limits);
        at = server->listen(any_port, {true, true, {}});
        server->start();
    }
    test::FakeControl control;
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
    Client just_right{at};
    just_right.send("POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n0123456789");
    EXPECT_THAT(just_right.read("}\n"), StartsWith("HTTP/1.1 202 "));
}

TEST_F(HttpServer, ClosesAClientThatDoesNotFinishItsRequest) {
    Limits limits;
    limits.request = milliseconds{30};
    start(limits);
    Client client{at};
    client.send("GET /healthz HTT");
    EXPECT_EQ(client.read(), "");
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

TEST_F(HttpServer, ServesUpToItsLimitOfConnectionsAndClosesOnePast) {
    Limits limits;
    limits.connections = 1;
    start(limits);
    Client first{at};
    first.get("/healthz");
    EXPECT_THAT(first.read("}\n"), StartsWith("HTTP/1.1 200 "));
    Client second{at};
    EXPECT_EQ(second.read(), "");
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

TEST_F(HttpServer, NamesTheBusyAddress) {
    start();
    Server second{control};
    try {
        second.listen(at, {true, true, {}});
        FAIL() << "two servers on one port";
    } catch (const ListenError& error) {
        EXPECT_EQ(error.what(), "http://" + at.to_string() + ": address already in use");
    }
}

}  // namespace
}  // namespace server::http
