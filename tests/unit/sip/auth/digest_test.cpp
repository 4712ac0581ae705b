#include "sip/auth/digest.hpp"

#include <gtest/gtest.h>

#include "sip/auth/auth_parameters.hpp"

namespace sip {
namespace {

std::string expected_response(const DigestAnswer& answer, std::string_view method, std::string_view password) {
    return digest_response(answer, method, digest_ha1(answer.algorithm, answer.username, answer.realm, password));
}

TEST(Digest, CalculatesTheExampleOfRfc2617Section35) {
    const auto answer = DigestAnswer::parse(
        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
        "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
        "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
    ASSERT_TRUE(answer);
    EXPECT_EQ(expected_response(*answer, "GET", "Circle Of Life"), answer->response);
    EXPECT_EQ(answer->opaque, "5ccc069c403ebaf9f0171e9517f40e41");
    EXPECT_EQ(answer->nonce_count(), 1U);
}

TEST(Digest, CalculatesTheExamplesOfRfc7616Section391) {
    for (const auto& [algorithm, response] :
         {std::pair{"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
          std::pair{"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}}) {
        const auto answer = DigestAnswer::parse(
            std::string{"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
                        "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
                        "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
                        "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm="} +
            algorithm + ", response=\"" + response + "\"");
        ASSERT_TRUE(answer);
        EXPECT_EQ(expected_response(*answer, "GET", "Circle of Life"), response);
    }
}

// With the values of erratum 4897: the RFC's own were made by another hash than its final SHA-512-256. The user name
// stands in the clear, as userhash is left out.
TEST(Digest, CalculatesTheExampleOfRfc7616Section392AsCorrected) {
    DigestAnswer answer;
    answer.algorithm = DigestAlgorithm::sha512_256;
    answer.username = "J\xc3\xa4s\xc3\xb8n Doe";
    answer.realm = "api@example.org";
    answer.nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK";
    answer.uri = "/doe.json";
    answer.qop_auth = true;
    answer.nc = "00000001";
    answer.cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
    EXPECT_EQ(expected_response(answer, "GET", "Secret, or not?"),
              "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
}

TEST(Digest, CalculatesWithoutQopAsRfc2069) {
    const auto answer = DigestAnswer::parse(
        "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"0\", algorithm=MD5");
    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->qop_auth);
    EXPECT_EQ(answer->nonce_count(), 0U);
    const std::string ha1 = digest_hash(DigestAlgorithm::md5, "u:r:p");
    const std::string ha2 = digest_hash(DigestAlgorithm::md5, "OPTIONS:sip:x");
    EXPECT_EQ(expected_response(*answer, "OPTIONS", "p"), digest_hash(DigestAlgorithm::md5, ha1 + ":n:" + ha2));
}

TEST(Digest, ReadsItsOwnChallengeAndAnswerBack) {
    DigestChallenge challenge{DigestAlgorithm::sha256, "a \\\"b\\\"", "n", "o", true, true};
    const auto read = DigestChallenge::parse(challenge.to_string());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->to_string(), challenge.to_string());
    EXPECT_EQ(read->realm, "a \\\"b\\\"");
    EXPECT_TRUE(read->stale);
    DigestAnswer answer{DigestAlgorithm::sha512_256, "u", "r", "n", "sip:a,b", "00", "o", true, "0000000a", "c"};
    const auto again = DigestAnswer::parse(answer.to_string());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->to_string(), answer.to_string());
    EXPECT_EQ(again->uri, "sip:a,b");
    EXPECT_EQ(again->nonce_count(), 10U);
}

TEST(Digest, TakesAnyCaseBlanksAndFolds) {
    const auto challenge =
        DigestChallenge::parse("DIGEST\r\n REALM = \"r\" ,\tNonce=n, Qop=\"auth-int , auth\",STALE=TRUE");
    ASSERT_TRUE(challenge);
    EXPECT_EQ(challenge->realm, "r");
    EXPECT_EQ(challenge->nonce, "n");
    EXPECT_TRUE(challenge->qop_auth);
    EXPECT_TRUE(challenge->stale);
    EXPECT_EQ(challenge->algorithm, DigestAlgorithm::md5);
}

TEST(Digest, RefusesAChallengeThatItCannotAnswer) {
    for (const std::string_view value :
         {"", "Digest", "Digest ", "Basic realm=\"r\"", "Digestrealm=\"r\", nonce=\"n\"", "Digest realm=\"r\"",
          "Digest nonce=\"n\"", "Digest realm=\"r\", nonce=\"n\", algorithm=SHA3",
          "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess", "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
          "Digest realm=\"r\", nonce=\"n\", qop=\"\"", "Digest realm=\"r, nonce=n", "Digest realm=\"r\" nonce=\"n\"",
          "Digest realm=\"r\", nonce=\"n\",", "Digest realm=\"r\", realm=\"s\", nonce=\"n\"",
          "Digest realm=\"r\", , nonce=\"n\"", "Digest realm=\"r\\\"", "Digest realm=, nonce=\"n\"",
          "Digest =, nonce=\"n\""}) {
        EXPECT_FALSE(DigestChallenge::parse(value)) << value;
    }
}

TEST(Digest, RefusesAnAnswerThatLacksAnything) {
    const std::string whole = "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"x\", response=\"0\"";
    EXPECT_TRUE(DigestAnswer::parse(whole));
    for (const std::string_view name : {"username", "realm", "nonce", "uri", "response"}) {
        std::string without = whole;
        without.replace(without.find(name), name.size(), "other");
        EXPECT_FALSE(DigestAnswer::parse(without)) << name;
    }
    for (const std::string_view tail :
         {", qop=auth", ", qop=auth, nc=00000001", ", qop=auth, cnonce=\"c\"", ", qop=auth, nc=1, cnonce=\"c\"",
          ", qop=auth, nc=0000000g, cnonce=\"c\"", ", qop=auth, nc=000000001, cnonce=\"c\"",
          ", qop=auth-int, nc=00000001, cnonce=\"c\""}) {
        EXPECT_FALSE(DigestAnswer::parse(whole + std::string{tail})) << tail;
    }
}

TEST(Digest, ReadsAsManyParametersAsItsLimitAndNotOneMore) {
    std::string value = "Digest p0=0";
    for (std::size_t i = 1; i < AuthParameters::limit; ++i) { value += ", p" + std::to_string(i) + "=0"; }
    EXPECT_TRUE(AuthParameters::parse_digest(value));
    EXPECT_FALSE(AuthParameters::parse_digest(value + ", one=more"));
}

TEST(Digest, ComparesSecretsByEveryByte) {
    EXPECT_TRUE(equal_secrets("abc", "abc"));
    EXPECT_FALSE(equal_secrets("abc", "abd"));
    EXPECT_FALSE(equal_secrets("abc", "ab"));
    EXPECT_FALSE(equal_secrets("", ""));
}

}  // namespace
}  // namespace sip
