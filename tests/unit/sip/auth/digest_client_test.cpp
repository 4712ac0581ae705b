#include "sip/auth/digest_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sip/auth/digest_server.hpp"

namespace sip {
namespace {

using testing::HasSubstr;

constexpr base::Instant start{};

Message challenge(int status, const std::vector<std::string>& values) {
    Message response = Message::response(status);
    const auto field = status == 407 ? HeaderId::proxy_authenticate : HeaderId::www_authenticate;
    for (const std::string& value : values) { response.add(field, value); }
    return response;
}

Message invite() { return Message::request(Method::invite, "sip:bob@example.org"); }

DigestAnswer answer_of(const Message& request, HeaderId field = HeaderId::authorization) {
    return DigestAnswer::parse(request.first(field).value_or("")).value_or(DigestAnswer{});
}

const std::string md5_challenge = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";

TEST(DigestClient, IsAcceptedByOurServerWithTheStrongestAlgorithmOffered) {
    base::SeededRandom random{1};
    DigestServer server{{.realm = "r"}, random};
    DigestClient client{"al\"ice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(401, server.make_challenges(start, false))));
    for (int i = 0; i < 3; ++i) {
        Message request = invite();
        client.authorize(request, random.token(16));
        const auto answer = server.find_answer(request, HeaderId::authorization);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->algorithm, DigestAlgorithm::sha512_256);
        EXPECT_EQ(server.verify(start, *answer, "INVITE", "sip:bob@example.org", "secret"), DigestVerdict::accepted);
        EXPECT_EQ(server.verify(start, *answer, "INVITE", "sip:bob@example.org", "secret"), DigestVerdict::replayed);
    }
}

TEST(DigestClient, AnswersAProxyInTheProxysField) {
    DigestClient client{"alice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(407, {md5_challenge})));
    Message request = invite();
    client.authorize(request, "c");
    EXPECT_FALSE(request.first(HeaderId::authorization));
    EXPECT_EQ(answer_of(request, HeaderId::proxy_authorization).username, "alice");
}

TEST(DigestClient, AddsNothingBeforeAnyChallenge) {
    DigestClient client{"alice", "secret"};
    Message request = invite();
    client.authorize(request, "c");
    EXPECT_FALSE(request.first(HeaderId::authorization));
}

TEST(DigestClient, CountsTheUsesOfANonceAndBeginsAnewWithTheNext) {
    DigestClient client{"alice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    Message request = invite();
    client.authorize(request, "c1");
    EXPECT_EQ(answer_of(request).nonce_count(), 1U);
    client.authorize(request, "c2");
    EXPECT_EQ(request.count(HeaderId::authorization), 1U);
    EXPECT_EQ(answer_of(request).nonce_count(), 2U);
    ASSERT_TRUE(client.on_challenge(challenge(401, {"Digest realm=\"r\", nonce=\"m\", qop=\"auth\", stale=true"})));
    client.authorize(request, "c3");
    EXPECT_EQ(answer_of(request).nonce, "m");
    EXPECT_EQ(answer_of(request).nonce_count(), 1U);
}

TEST(DigestClient, GivesUpWhenItsAnswerIsRefused) {
    DigestClient client{"alice", "wrong"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    Message request = invite();
    client.authorize(request, "c");
    EXPECT_FALSE(client.on_challenge(challenge(401, {md5_challenge})));
}

TEST(DigestClient, ForgivesOneStaleNonceAndNotASecond) {
    const std::string stale = md5_challenge + ", stale=true";
    DigestClient client{"alice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    Message request = invite();
    client.authorize(request, "c");
    ASSERT_TRUE(client.on_challenge(challenge(401, {stale})));
    client.authorize(request, "c");
    EXPECT_FALSE(client.on_challenge(challenge(401, {stale})));
}

TEST(DigestClient, TriesANewNonceOnceAfterASuccessEvenIfItIsNotCalledStale) {
    DigestClient client{"alice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    Message request = invite();
    client.authorize(request, "c");
    client.on_accepted();
    client.authorize(request, "c");
    EXPECT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    client.authorize(request, "c");
    EXPECT_FALSE(client.on_challenge(challenge(401, {md5_challenge})));
}

TEST(DigestClient, AnswersNothingForAnUnknownSchemeOrAnotherRealm) {
    DigestClient client{"alice", "secret", "ours"};
    EXPECT_FALSE(client.on_challenge(challenge(401, {})));
    EXPECT_FALSE(client.on_challenge(challenge(401, {"Basic realm=\"ours\""})));
    EXPECT_FALSE(client.on_challenge(challenge(401, {md5_challenge})));
    EXPECT_TRUE(client.on_challenge(challenge(401, {md5_challenge, "Digest realm=\"ours\", nonce=\"n\""})));
    EXPECT_TRUE(client.has_challenge());
}

TEST(DigestClient, AnswersAPeerOfRfc2069WithoutCounts) {
    DigestClient client{"alice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {"Digest realm=\"r\", nonce=\"n\""})));
    Message request = invite();
    client.authorize(request, "c");
    EXPECT_FALSE(answer_of(request).qop_auth);
    EXPECT_FALSE(answer_of(request).response.empty());
}

TEST(DigestClient, KeepsTheAnswersForOtherRealms) {
    DigestClient client{"alice", "secret"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    Message request = invite();
    request.add(HeaderId::authorization,
                "Digest username=\"u\", realm=\"other\", nonce=\"n\", uri=\"x\", response=\"0\"");
    client.authorize(request, "c");
    client.authorize(request, "c");
    EXPECT_EQ(request.count(HeaderId::authorization), 2U);
    EXPECT_THAT(std::string{*request.first(HeaderId::authorization)}, HasSubstr("other"));
}

TEST(DigestClient, NeverWritesItsPassword) {
    DigestClient client{"alice", "pass-word"};
    ASSERT_TRUE(client.on_challenge(challenge(401, {md5_challenge})));
    Message request = invite();
    client.authorize(request, "c");
    EXPECT_THAT(request.to_string(), testing::Not(HasSubstr("pass-word")));
}

}  // namespace
}  // namespace sip
