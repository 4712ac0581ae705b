#include "server/capture/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace server::capture {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string blanked(std::string message) {
    const std::size_t size = message.size();
    blank_secrets(message);
    EXPECT_EQ(message.size(), size);
    return message;
}

std::string with_field(const std::string& field) {
    return "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n" + field + "\r\n\r\n";
}

std::string with_body(const std::string& body) {
    return "INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n" + body;
}

TEST(BlankSecrets, CoversWhatProvesAPasswordAndLeavesWhoAndForWhat) {
    EXPECT_EQ(blanked(with_field("Authorization: Digest username=\"alice\", realm=\"x,y\", nonce=\"abc\", "
                                 "uri=\"sip:b\", response=\"0123\", algorithm=MD5, cnonce=\"q,r\", qop=auth, "
                                 "nc=00000001, opaque=o")),
              with_field("Authorization: Digest username=\"alice\", realm=\"x,y\", nonce=\"***\", "
                         "uri=\"sip:b\", response=\"****\", algorithm=MD5, cnonce=\"***\", qop=auth, "
                         "nc=00000001, opaque=*"));
}

TEST(BlankSecrets, KnowsEachFieldInAnyCaseAndWithBlanks) {
    for (const char* const name : {"AUTHORIZATION ", "proxy-authorization", "Proxy-Authorization\t"}) {
        const std::string text = blanked(with_field(name + std::string{":DIGEST Response=\"0123\""}));
        EXPECT_THAT(text, HasSubstr("Response=\"****\""));
    }
    EXPECT_EQ(blanked(with_field("WWW-Authenticate: Digest realm=\"a\", nonce=\"bcd\", stale=true")),
              with_field("WWW-Authenticate: Digest realm=\"a\", nonce=\"***\", stale=true"));
    EXPECT_EQ(blanked(with_field("Authentication-Info: nextnonce=\"bcd\", qop=auth")),
              with_field("Authentication-Info: nextnonce=\"***\", qop=auth"));
}

TEST(BlankSecrets, CoversAllOfAnotherScheme) {
    EXPECT_EQ(blanked(with_field("Authorization: Basic YWxpY2U6cHc=")),
              with_field("Authorization: Basic ************"));
    EXPECT_EQ(blanked(with_field("Authorization: Bearer realm=\"t\"")),
              with_field("Authorization: Bearer ******\"*\""));
}

TEST(BlankSecrets, FollowsAFoldedField) {
    EXPECT_EQ(blanked(with_field("Authorization: Digest\r\n username=\"a\",\r\n\tresponse=\"0123\"\r\nExpires: 60")),
              with_field("Authorization: Digest\r\n username=\"a\",\r\n\tresponse=\"****\"\r\nExpires: 60"));
}

TEST(BlankSecrets, TakesForTheWorstWhatItCannotRead) {
    EXPECT_EQ(blanked(with_field("Authorization: Digest username=\"a, response=0123")),
              with_field("Authorization: Digest username=\"** *************"));
    EXPECT_EQ(blanked(with_field("Authorization: Digest username=\"a\" response=\"b\"")),
              with_field("Authorization: Digest username=\"*\" *********\"*\""));
    EXPECT_EQ(blanked(with_field("Authorization: Digest username=a response=b")),
              with_field("Authorization: Digest username=* **********"));
    EXPECT_EQ(blanked(with_field("Authorization: Digest 0123456789abcdef")),
              with_field("Authorization: Digest ****************"));
    EXPECT_EQ(blanked(with_field("Authorization: Digest r=\"a\\\"b\",response=\"x\"")),
              with_field("Authorization: Digest r=\"**\"*\",response=\"*\""));
}

TEST(BlankSecrets, CoversKeysOfMedia) {
    EXPECT_EQ(blanked(with_body("v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcd|2^20\r\na=ice-ufrag:u\r\n"
                                "a=ice-pwd:pass\r\na=fingerprint:sha-256 AB\r\nk=clear:x\r\na=key-mgmt:mikey AA\r\n")),
              with_body("v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA|2^20\r\na=ice-ufrag:u\r\n"
                        "a=ice-pwd:****\r\na=fingerprint:sha-256 AB\r\nk=*******\r\na=key-mgmt:********\r\n"));
}

TEST(BlankSecrets, CoversKeysWhateverEndsTheLine) {
    EXPECT_EQ(blanked(with_body("v=0\na=ice-pwd:pass\ra=ice-pwd:word")),
              with_body("v=0\na=ice-pwd:****\ra=ice-pwd:****"));
    EXPECT_EQ(blanked(with_body("a=crypto:1 X key:abc")), with_body("a=crypto:***********"));
    EXPECT_EQ(blanked(with_body("a=crypto:1 X INLINE: ab+/cd==|2^20|1:4;inline:ef KDR=1\n")),
              with_body("a=crypto:1 X INLINE: AAAAAA==|2^20|1:4;inline:AA KDR=1\n"));
    EXPECT_EQ(blanked(with_body("A=ICE-PWD:pass\r\n")), with_body("A=ICE-PWD:****\r\n"));
}

TEST(BlankSecrets, LeavesEverythingElseAsItIs) {
    const std::string message =
        "INVITE sip:a@b SIP/2.0\r\nAllow: INVITE\r\nAccept: application/sdp\r\nP-Asserted-Identity: <sip:a@b>\r\n"
        "Subject: Authorization: Digest response=\"0\"\r\n\r\nv=0\r\nc=IN IP4 192.0.2.1\r\na=sendrecv\r\n";
    EXPECT_EQ(blanked(message), message);
}

TEST(BlankSecrets, SurvivesWhatIsNoMessage) {
    for (const std::string text : {"", "\r\n", "x", "\n", "a\n", "a\nAuthorization", "a\nAuthorization:", "a\n b",
                                   "a\r\n\r\n", "a\nAuthorization:\n", "a\nAuthorization: \"", "a\n:\n", "\r\n\r\n\r\n",
                                   "a\nAuthorization: Digest \\", "a\nAuthorization: Digest \"\\"}) {
        EXPECT_EQ(blanked(text).size(), text.size());
    }
    EXPECT_THAT(blanked("\r\n\r\n" + with_field("Authorization: Basic secret")), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace server::capture
