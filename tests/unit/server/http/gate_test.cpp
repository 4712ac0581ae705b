#include "server/http/gate.hpp"

#include <gtest/gtest.h>

namespace server::http {
namespace {

using namespace std::chrono_literals;

class HttpGate : public ::testing::Test {
protected:
    // Status and reason of the refusal; "in": there is none.
    std::string ask(const std::string& authorization = {}, const std::string& source = "192.0.2.1") {
        Request request{"GET", "/api/v1/status", {}, {}, authorization};
        request.source.address = *base::IpAddress::parse(source);
        request.at = now;
        refusal = gate.refuse(request);
        return refusal ? std::to_string(refusal->status) + ' ' + std::string{refusal->refusal} : "in";
    }
    std::string retry_after() const {
        for (const auto& [name, value] : refusal->headers) {
            if (name == "Retry-After") { return value; }
        }
        return {};
    }

    base::Instant now{};
    GateSettings settings{"s3cret", 2, 3};
    Gate gate{settings};
    std::optional<Response> refusal;
    const std::string good = "Bearer s3cret";
};

TEST_F(HttpGate, LetsASourceAskSoOften) {
    for (int i = 0; i < 10; ++i) { EXPECT_EQ(ask(good), "in") << i; }
    EXPECT_EQ(ask(good), "429 rate");
    EXPECT_EQ(retry_after(), "1");
    EXPECT_EQ(refusal->content_type, "application/problem+json");
    EXPECT_EQ(ask(good, "192.0.2.2"), "in") << "another source";
    now += 500ms;
    EXPECT_EQ(ask(good), "in");
    EXPECT_EQ(ask(good), "429 rate");
    now += 1min;
    for (int i = 0; i < 10; ++i) { EXPECT_EQ(ask(good), "in") << i; }
    EXPECT_EQ(ask(good), "429 rate");
}

TEST_F(HttpGate, LetsNobodyGuessTokens) {
    for (int i = 0; i < 3; ++i) { EXPECT_EQ(ask("Bearer guess" + std::to_string(i)), "401 wrong_token"); }
    EXPECT_EQ(ask(good), "429 wrong_tokens") << "not even with the right one: it would be known then";
    EXPECT_EQ(retry_after(), "20");
    EXPECT_EQ(ask(good, "192.0.2.2"), "in") << "another source";
    now += 20s;
    EXPECT_EQ(ask(good), "in");
    EXPECT_EQ(ask("Basic s3cret"), "401 wrong_token");
    EXPECT_EQ(ask(good), "429 wrong_tokens");
}

TEST_F(HttpGate, TakesNoTokenForNoGuess) {
    for (int i = 0; i < 5; ++i) { EXPECT_EQ(ask(), "401 no_token"); }
    EXPECT_EQ(ask(good), "in");
}

TEST_F(HttpGate, TakesASubnetOfIpv6ForOneSource) {
    for (int i = 0; i < 3; ++i) { ask("Bearer guess", "2001:db8::" + std::to_string(i)); }
    EXPECT_EQ(ask(good, "2001:db8::99"), "429 wrong_tokens");
    EXPECT_EQ(ask(good, "2001:db8:0:1::99"), "in");
}

TEST_F(HttpGate, CountsSourcesWithoutATokenToo) {
    Gate open{{{}, 1, 1}};
    const Request request{"GET", "/api/v1/status", {}, {}, {}};
    for (int i = 0; i < 5; ++i) { EXPECT_FALSE(open.refuse(request)); }
    EXPECT_EQ(open.refuse(request)->refusal, "rate");
}

}  // namespace
}  // namespace server::http
