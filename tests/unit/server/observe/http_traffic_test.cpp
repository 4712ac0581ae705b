#include "server/observe/http_traffic.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>
#include <sstream>

namespace server {
namespace {

using config::LogLevel;

class HttpTrafficTest : public ::testing::Test {
protected:
    ~HttpTrafficTest() override { close(file); }
    // What stands behind the time in each line.
    std::vector<std::string> lines() {
        log.reset();
        std::string text(16 * 1024, '\0');
        const ssize_t size = pread(file, text.data(), text.size(), 0);
        std::istringstream in{text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0)))};
        std::vector<std::string> all;
        for (std::string line; std::getline(in, line);) { all.push_back(line.substr(line.find(' ') + 1)); }
        return all;
    }
    static HttpExchange exchange(const std::string& method, std::string_view route, unsigned status) {
        HttpExchange one{method, "/api/v1/drain", route};
        one.is_change = method != "GET";
        one.status = status;
        one.bytes = 7;
        one.took = std::chrono::microseconds{1250};
        one.source = *base::Endpoint::parse("192.0.2.1:4711");
        return one;
    }

    const int file = memfd_create("log", MFD_CLOEXEC);
    std::optional<Log> log{std::in_place, LogLevel::info, config::LogFormat::text, file};
    HttpTraffic traffic{*log};
};

TEST_F(HttpTrafficTest, TellsWhoChangedWhat) {
    traffic.note(exchange("POST", "/api/v1/drain", 202));
    traffic.note(exchange("GET", "/api/v1/status", 200));
    EXPECT_EQ(lines(), (std::vector<std::string>{"info http.request method=POST path=/api/v1/drain status=202 "
                                                 "duration_ms=1.2 source=192.0.2.1:4711 bytes=7"}));
}

TEST_F(HttpTrafficTest, TellsAllOfItWhereDebugIsWanted) {
    log->set(LogLevel::debug, config::LogFormat::text);
    traffic.note(exchange("GET", "/api/v1/status", 200));
    EXPECT_EQ(lines().size(), 1U);
}

TEST_F(HttpTrafficTest, TellsOfTokensThatWereTriedAndNotOfEachRefusal) {
    for (const char* const reason : {"rate", "no_token", "wrong_tokens", "origin"}) {
        HttpExchange refused = exchange("POST", "/api/v1/drain", 429);
        refused.refusal = reason;
        traffic.note(refused);
    }
    HttpExchange guess = exchange("GET", "/api/v1/status", 401);
    guess.refusal = "wrong_token";
    traffic.note(guess);
    const auto written = lines();
    ASSERT_EQ(written.size(), 1U);
    EXPECT_NE(written[0].find("status=401"), std::string::npos) << written[0];
    EXPECT_NE(written[0].find("refused=wrong_token"), std::string::npos) << written[0];
    EXPECT_EQ(traffic.report().refused.at("rate"), 1U);
}

TEST_F(HttpTrafficTest, KeepsMethodsAndPathsOfStrangersShort) {
    HttpExchange strange = exchange("POST", {}, 404);
    strange.method = std::string(1000, 'X');
    strange.path = "/" + std::string(1000, 'y') + "\n";
    traffic.note(strange);
    const auto written = lines();
    ASSERT_EQ(written.size(), 1U);
    EXPECT_LT(written[0].size(), 400U);
    EXPECT_EQ(traffic.report().requests.at({"other", "none", "404"}), 1U);
}

TEST_F(HttpTrafficTest, CountsByRouteAndStatusAndTimesThem) {
    traffic.note(exchange("GET", "/api/v1/calls/{id}", 404));
    traffic.note(exchange("GET", "/api/v1/calls/{id}", 404));
    traffic.note_given_up("connections");
    traffic.note_opened("admin");
    traffic.note_opened("admin");
    traffic.note_closed("admin");
    const HttpReport report = traffic.report();
    EXPECT_EQ(report.requests.at({"GET", "/api/v1/calls/{id}", "404"}), 2U);
    EXPECT_EQ(report.refused.at("connections"), 1U);
    EXPECT_EQ(report.connections.at("admin"), 1U);
    EXPECT_DOUBLE_EQ(report.seconds.sum, 0.0025);
}

}  // namespace
}  // namespace server
