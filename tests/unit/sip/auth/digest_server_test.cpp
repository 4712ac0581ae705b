#include "sip/auth/digest_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;
using testing::StartsWith;

constexpr base::Instant start{};

// A server of realm "example.org", and what an honest phone of alice would answer.
struct Exchange {
    base::SeededRandom random{1};
    DigestServer server;

    explicit Exchange(DigestServerConfig config = {.realm = "example.org"}) : server{std::move(config), random} {}

    DigestAnswer answer(base::Instant now, std::uint32_t count = 1, DigestAlgorithm algorithm = DigestAlgorithm::md5) {
        for (const std::string& value : server.make_challenges(now, false)) {
            const auto challenge = DigestChallenge::parse(value);
            if (challenge->algorithm == algorithm) { return answer_to(*challenge, count); }
        }
        return {};
    }
    static DigestAnswer answer_to(const DigestChallenge& challenge, std::uint32_t count) {
        DigestAnswer answer;
        answer.algorithm = challenge.algorithm;
        answer.username = "alice";
        answer.realm = challenge.realm;
        answer.nonce = challenge.nonce;
        answer.uri = "sip:example.org";
        answer.qop_auth = true;
        answer.cnonce = "c";
        return counted(answer, count);
    }
    static DigestAnswer counted(DigestAnswer answer, std::uint32_t count) {
        char digits[9];
        std::snprintf(digits, sizeof digits, "%08x", count);
        answer.nc = digits;
        return signed_with(answer, "secret");
    }
    static DigestAnswer signed_with(DigestAnswer answer, std::string_view password) {
        answer.response =
            digest_response(answer, "REGISTER", digest_ha1(answer.algorithm, answer.username, answer.realm, password));
        return answer;
    }
    DigestVerdict verify(base::Instant now, const DigestAnswer& answer) {
        return server.verify(now, answer, "REGISTER", "sip:example.org", "secret");
    }
};

TEST(DigestServer, OffersMd5FirstThenTheStrongerHashes) {
    Exchange exchange;
    const auto values = exchange.server.make_challenges(start, true);
    ASSERT_THAT(values, SizeIs(3));
    const std::array order{DigestAlgorithm::md5, DigestAlgorithm::sha256, DigestAlgorithm::sha512_256};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto challenge = DigestChallenge::parse(values[i]);
        ASSERT_TRUE(challenge);
        EXPECT_EQ(challenge->algorithm, order[i]);
        EXPECT_TRUE(challenge->qop_auth);
        EXPECT_TRUE(challenge->stale);
        EXPECT_TRUE(challenge->opaque);
    }
}

TEST(DigestServer, AcceptsARightAnswerInEveryAlgorithm) {
    for (const auto algorithm : {DigestAlgorithm::md5, DigestAlgorithm::sha256, DigestAlgorithm::sha512_256}) {
        Exchange exchange;
        EXPECT_EQ(exchange.verify(start + 1s, exchange.answer(start, 1, algorithm)), DigestVerdict::accepted);
    }
}

TEST(DigestServer, RefusesAWrongPasswordAnUnknownUserAndAnotherMethod) {
    Exchange exchange;
    const auto answer = exchange.answer(start);
    EXPECT_EQ(exchange.server.verify(start, answer, "REGISTER", "sip:example.org", "Secret"), DigestVerdict::wrong);
    EXPECT_EQ(exchange.server.verify(start, answer, "REGISTER", "sip:example.org", {}), DigestVerdict::wrong);
    EXPECT_EQ(exchange.server.verify(start, answer, "INVITE", "sip:example.org", "secret"), DigestVerdict::wrong);
    const auto guessed = Exchange::signed_with(answer, "no such user");
    EXPECT_EQ(exchange.server.verify(start, guessed, "REGISTER", "sip:example.org", {}), DigestVerdict::wrong);
}

TEST(DigestServer, RefusesAnAnswerMadeForAnotherUriButTakesAnEquivalentOne) {
    Exchange exchange;
    const auto answer = exchange.answer(start);
    EXPECT_EQ(exchange.server.verify(start, answer, "REGISTER", "sip:other.org", "secret"), DigestVerdict::wrong_uri);
    EXPECT_EQ(exchange.server.verify(start, answer, "REGISTER", "sip:EXAMPLE.org", "secret"), DigestVerdict::accepted);
}

TEST(DigestServer, CallsANonceStaleFromTheEndOfItsLifeOn) {
    Exchange exchange;
    const auto answer = exchange.answer(start);
    EXPECT_EQ(exchange.verify(start + 5min, answer), DigestVerdict::stale);
    EXPECT_EQ(exchange.verify(start + 5min - 1ns, answer), DigestVerdict::accepted);
}

TEST(DigestServer, CallsANonceOfAnotherProcessStaleIfThePasswordIsRight) {
    Exchange before;
    base::SeededRandom other{2};
    DigestServer after{{.realm = "example.org"}, other};
    const auto answer = before.answer(start);
    EXPECT_EQ(after.verify(start, answer, "REGISTER", "sip:example.org", "secret"), DigestVerdict::stale);
}

TEST(DigestServer, DoesNotTakeANonceWithAnyDigitChanged) {
    Exchange exchange;
    const auto answer = exchange.answer(start);
    for (std::size_t i = 0; i < answer.nonce.size(); ++i) {
        auto forged = answer;
        forged.nonce[i] = forged.nonce[i] == '0' ? '1' : '0';
        EXPECT_EQ(exchange.verify(start, Exchange::signed_with(forged, "secret")), DigestVerdict::stale) << i;
    }
}

TEST(DigestServer, TakesEachNonceCountOnceInAnyOrderOfAWindow) {
    Exchange exchange;
    const auto first = exchange.answer(start);
    for (const std::uint32_t count : {1U, 3U, 2U, 64U, 100U}) {
        EXPECT_EQ(exchange.verify(start, Exchange::counted(first, count)), DigestVerdict::accepted) << count;
        EXPECT_EQ(exchange.verify(start, Exchange::counted(first, count)), DigestVerdict::replayed) << count;
    }
    EXPECT_EQ(exchange.verify(start, Exchange::counted(first, 37)), DigestVerdict::accepted);
    EXPECT_EQ(exchange.verify(start, Exchange::counted(first, 36)), DigestVerdict::replayed);
}

TEST(DigestServer, RefusesANonceCountOfZero) {
    Exchange exchange;
    EXPECT_EQ(exchange.verify(start, exchange.answer(start, 0)), DigestVerdict::unsupported);
}

TEST(DigestServer, TakesAnAnswerWithoutQopOncePerNonce) {
    Exchange exchange;
    auto answer = exchange.answer(start);
    answer.qop_auth = false;
    answer = Exchange::signed_with(answer, "secret");
    EXPECT_EQ(exchange.verify(start, answer), DigestVerdict::accepted);
    EXPECT_EQ(exchange.verify(start, answer), DigestVerdict::replayed);
    answer.qop_auth = true;
    EXPECT_EQ(exchange.verify(start, Exchange::counted(answer, 7)), DigestVerdict::replayed);
}

TEST(DigestServer, RefusesAnAlgorithmThatItDidNotOffer) {
    Exchange offers_all;
    Exchange strict{{.realm = "example.org", .algorithms = {DigestAlgorithm::sha256}}};
    EXPECT_EQ(strict.verify(start, offers_all.answer(start)), DigestVerdict::unsupported);
}

TEST(DigestServer, ForgetsTheOldestNonceAtItsLimitButNeverTakesAReplay) {
    Exchange exchange{{.realm = "example.org", .replay_nonces = 2}};
    const auto oldest = exchange.answer(start);
    const auto second = exchange.answer(start + 1s);
    EXPECT_EQ(exchange.verify(start + 2s, oldest), DigestVerdict::accepted);
    EXPECT_EQ(exchange.verify(start + 2s, second), DigestVerdict::accepted);
    EXPECT_EQ(exchange.verify(start + 2s, oldest), DigestVerdict::replayed);
    EXPECT_EQ(exchange.verify(start + 2s, exchange.answer(start + 2s)), DigestVerdict::accepted);  // one past the limit
    EXPECT_EQ(exchange.verify(start + 2s, oldest), DigestVerdict::stale);
    EXPECT_EQ(exchange.verify(start + 2s, second), DigestVerdict::replayed);
}

TEST(DigestServer, LeavesNoTraceOfWrongAnswers) {
    Exchange exchange{{.realm = "example.org", .replay_nonces = 1}};
    const auto good = exchange.answer(start);
    EXPECT_EQ(exchange.verify(start, good), DigestVerdict::accepted);
    for (int i = 0; i < 100; ++i) {
        const auto wrong = Exchange::signed_with(exchange.answer(start), "guess");
        EXPECT_EQ(exchange.verify(start, wrong), DigestVerdict::wrong);
    }
    EXPECT_EQ(exchange.verify(start, good), DigestVerdict::replayed);  // still remembered
}

TEST(DigestServer, FindsTheAnswerOfItsRealmAmongOthers) {
    Exchange exchange;
    Message request = Message::request(Method::register_, "sip:example.org");
    EXPECT_FALSE(exchange.server.find_answer(request, HeaderId::authorization));
    auto other = exchange.answer(start);
    other.realm = "elsewhere";
    request.add(HeaderId::authorization, "NoOneKnowsThisScheme opaque-data=here");
    request.add(HeaderId::authorization, other.to_string());
    EXPECT_FALSE(exchange.server.find_answer(request, HeaderId::authorization));
    request.add(HeaderId::authorization, exchange.answer(start).to_string());
    const auto found = exchange.server.find_answer(request, HeaderId::authorization);
    ASSERT_TRUE(found);
    EXPECT_EQ(exchange.verify(start, *found), DigestVerdict::accepted);
    EXPECT_FALSE(exchange.server.find_answer(request, HeaderId::proxy_authorization));
}

}  // namespace
}  // namespace sip
