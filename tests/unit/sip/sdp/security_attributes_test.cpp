#include "sip/sdp/security_attributes.hpp"

#include <gtest/gtest.h>

#include "sdp_text.hpp"

namespace sip::sdp {
namespace {

constexpr std::string_view key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";  // RFC 4568 §4.2
constexpr std::string_view sha1 = "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB";

CryptoFlaw flaw_of(const std::string& value) { return parse_crypto(value).flaw; }
std::string inline_key(std::string_view behind = "") {
    return "1 AES_CM_128_HMAC_SHA1_80 inline:" + std::string{key} + std::string{behind};
}
std::string digest_of(std::size_t size) {
    std::string text = "0A";
    for (std::size_t i = 1; i < size; ++i) { text += ":f" + std::to_string(i % 10); }
    return text;
}
Session with(const std::string& media_lines, const std::string& session_lines = "") {
    return testing::parsed(testing::head + session_lines + "m=audio 4000 RTP/SAVP 0\r\n" + media_lines);
}

TEST(CryptoAttribute, IsReadWithItsLifetime) {
    const CryptoReading reading = parse_crypto(inline_key("|2^20"));
    EXPECT_EQ(reading.flaw, CryptoFlaw::none);
    EXPECT_EQ(reading.crypto, (Crypto{1, "AES_CM_128_HMAC_SHA1_80", std::string{key}, 1048576}));
    EXPECT_EQ(parse_crypto(inline_key("|1048576")).crypto, reading.crypto);
    EXPECT_EQ(parse_crypto(inline_key()).crypto.lifetime, std::nullopt);
}

TEST(CryptoAttribute, IsWrittenAsItIsRead) {
    const Crypto crypto{999999999, "AEAD_AES_256_GCM", std::string{key}, std::nullopt};
    EXPECT_EQ(to_attribute(crypto).name, "crypto");
    EXPECT_EQ(parse_crypto(*to_attribute(crypto).value).crypto, crypto);
    const Crypto limited{1, "AEAD_AES_256_GCM", std::string{key}, 77};
    EXPECT_EQ(parse_crypto(*to_attribute(limited).value).crypto, limited);
}

TEST(CryptoAttribute, WithAnMkiIsPassedOver) {
    EXPECT_EQ(flaw_of(inline_key("|2^20|1:4")), CryptoFlaw::mki);
    EXPECT_EQ(flaw_of(inline_key("|1:4")), CryptoFlaw::mki);
    EXPECT_EQ(flaw_of(inline_key("|1:4;inline:" + std::string{key} + "|2:4")), CryptoFlaw::several_keys);
}

TEST(CryptoAttribute, WithAnImpossibleLifetimeIsPassedOver) {
    for (const char* const bad :
         {"|0", "|2^49", "|281474976710657", "|-1", "|2^", "|2^-1", "|x", "|99999999999999999999"}) {
        EXPECT_EQ(flaw_of(inline_key(bad)), CryptoFlaw::lifetime) << bad;
    }
    EXPECT_EQ(parse_crypto(inline_key("|2^48")).crypto.lifetime, std::uint64_t{1} << 48);
    EXPECT_EQ(parse_crypto(inline_key("|281474976710656")).crypto.lifetime, std::uint64_t{1} << 48);
    EXPECT_EQ(parse_crypto(inline_key("|2^0")).crypto.lifetime, 1U);
}

TEST(CryptoAttribute, WithASessionParameterThatChangesProtectionIsPassedOver) {
    for (const char* const bad : {" KDR=1", " UNENCRYPTED_SRTP", " UNENCRYPTED_SRTCP", " UNAUTHENTICATED_SRTP",
                                  " FEC_ORDER=FEC_SRTP", " WSH=64 SOMETHING_NEW"}) {
        EXPECT_EQ(flaw_of(inline_key(bad)), CryptoFlaw::session_parameter) << bad;
    }
    EXPECT_EQ(flaw_of(inline_key(" WSH=128 -SOMETHING_NEW=3")), CryptoFlaw::none);
}

TEST(CryptoAttribute, MalformedIsPassedOver) {
    for (const char* const bad : {"", " ", "1", "1 SUITE", "x SUITE inline:AAAA", "1234567890 SUITE inline:AAAA",
                                  "1 SUITE inline:", "-1 SUITE inline:AAAA", "1 SUITE inline:|2^20"}) {
        EXPECT_EQ(flaw_of(bad), CryptoFlaw::malformed) << bad;
    }
    EXPECT_EQ(flaw_of("1 SUITE uri:AAAA"), CryptoFlaw::key_method);
    EXPECT_EQ(flaw_of("1 SUITE AAAA"), CryptoFlaw::key_method);
    EXPECT_EQ(flaw_of("1 S inline:" + std::string(max_key_text, 'A')), CryptoFlaw::none);
    EXPECT_EQ(flaw_of("1 S inline:" + std::string(max_key_text + 1, 'A')), CryptoFlaw::malformed);
}

TEST(CryptoAttribute, ComesInOrderOfPreferenceAndEachTagOnce) {
    const Session session = with(
        "a=crypto:1 A inline:AAAA|1:4\r\na=crypto:2 B inline:BBBB\r\na=crypto:x C inline:C\r\n"
        "a=CRYPTO:2 D inline:DDDD\r\n");
    const auto found = crypto_of(session.media[0]);
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].flaw, CryptoFlaw::mki);
    EXPECT_EQ(found[1].crypto.suite, "B");
    EXPECT_EQ(found[2].flaw, CryptoFlaw::malformed);
    EXPECT_EQ(found[3].flaw, CryptoFlaw::repeated_tag);
}

TEST(CryptoAttribute, NoMoreThanTheLimitAreLookedAt) {
    std::string lines;
    for (std::size_t i = 0; i <= max_crypto_lines; ++i) {
        lines += "a=crypto:" + std::to_string(i + 1) + " A inline:AAAA\r\n";
    }
    EXPECT_EQ(crypto_of(with(lines).media[0]).size(), max_crypto_lines);
}

TEST(FingerprintAttribute, OfTheLineGoesBeforeThatOfTheSession) {
    const std::string above = "a=fingerprint:SHA-1 " + std::string{sha1} + "\r\n";
    const Session both = with("a=fingerprint:sha-256 " + digest_of(32) + "\r\n", above);
    auto found = fingerprints_of(both, both.media[0]);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ((*found)[0].hash, "sha-256");
    EXPECT_EQ((*found)[0].digest.size(), 32U);
    const Session one = with("", above);
    found = fingerprints_of(one, one.media[0]);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ((*found)[0].hash, "sha-1");
    EXPECT_EQ((*found)[0].digest[3], 0xb1);
    EXPECT_EQ(*to_attribute((*found)[0]).value, "sha-1 " + std::string{sha1});
}

TEST(FingerprintAttribute, OfAHashThatNobodyMayUseIsLeftOut) {
    const Session session = with("a=fingerprint:md5 " + digest_of(16) +
                                 "\r\na=fingerprint:sha-3 00\r\n"
                                 "a=fingerprint:sha-512 " +
                                 digest_of(64) + "\r\n");
    const auto found = fingerprints_of(session, session.media[0]);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ((*found)[0].hash, "sha-512");
    const Session none = with("");
    EXPECT_TRUE(fingerprints_of(none, none.media[0])->empty());
}

TEST(FingerprintAttribute, ThatIsNoDigestIsRefused) {
    for (const std::string& bad : {std::string{""}, digest_of(31), digest_of(33), digest_of(32) + ":",
                                   "G" + digest_of(32).substr(1), "0A-" + digest_of(31)}) {
        const Session session = with("a=fingerprint:sha-256 " + bad + "\r\n");
        const auto found = fingerprints_of(session, session.media[0]);
        ASSERT_FALSE(found) << bad;
        EXPECT_EQ(found.error().status, 488);
    }
}

TEST(FingerprintAttribute, BeyondTheLimitIsRefused) {
    std::string lines;
    for (std::size_t i = 0; i < max_fingerprints; ++i) { lines += "a=fingerprint:sha-256 " + digest_of(32) + "\r\n"; }
    const Session full = with(lines);
    EXPECT_EQ(fingerprints_of(full, full.media[0])->size(), max_fingerprints);
    const Session more = with(lines + "a=fingerprint:sha-256 " + digest_of(32) + "\r\n");
    EXPECT_FALSE(fingerprints_of(more, more.media[0]));
}

TEST(SetupAttribute, IsReadFromTheLineElseFromTheSession) {
    const Session session = with("a=setup:ACTIVE\r\n", "a=setup:actpass\r\n");
    EXPECT_EQ(setup_of(session, session.media[0]), Setup::active);
    const Session above = with("", "a=setup:actpass\r\n");
    EXPECT_EQ(setup_of(above, above.media[0]), Setup::actpass);
    const Session unknown = with("a=setup:both\r\n");
    EXPECT_EQ(setup_of(unknown, unknown.media[0]), std::nullopt);
    EXPECT_EQ(to_attribute(Setup::passive), (Attribute{"setup", "passive"}));
}

TEST(SetupAttribute, IsAnsweredByTheTableOfRfc4145) {
    EXPECT_TRUE(may_answer(Setup::actpass, Setup::active));
    EXPECT_TRUE(may_answer(Setup::actpass, Setup::passive));
    EXPECT_FALSE(may_answer(Setup::actpass, Setup::actpass));
    EXPECT_TRUE(may_answer(Setup::active, Setup::passive));
    EXPECT_FALSE(may_answer(Setup::active, Setup::active));
    EXPECT_TRUE(may_answer(Setup::passive, Setup::active));
    EXPECT_FALSE(may_answer(Setup::passive, Setup::passive));
    EXPECT_TRUE(may_answer(Setup::holdconn, Setup::holdconn));
    EXPECT_FALSE(may_answer(Setup::holdconn, Setup::active));
}

TEST(DtlsDescription, AsksForANewAssociationByCertificateRoleOrName) {
    const DtlsDescription before{{{"sha-256", {1}}, {"sha-512", {2}}}, Setup::active, "abcdefghijklmnopqrst"};
    DtlsDescription now = before;
    EXPECT_FALSE(asks_for_new_association(before, now));
    std::swap(now.fingerprints[0], now.fingerprints[1]);
    now.setup = Setup::actpass;
    EXPECT_FALSE(asks_for_new_association(before, now)) << "an offer leaves the role open";
    now.setup = Setup::passive;
    EXPECT_TRUE(asks_for_new_association(before, now));
    now = before;
    now.fingerprints[0].digest[0] = 9;
    EXPECT_TRUE(asks_for_new_association(before, now));
    now = before;
    now.tls_id = "abcdefghijklmnopqrsX";
    EXPECT_TRUE(asks_for_new_association(before, now));
}

TEST(TlsIdAttribute, HasTwentyTo255Characters) {
    const auto id_of = [](const std::string& value) {
        const Session session = with("a=tls-id:" + value + "\r\n");
        return tls_id_of(session, session.media[0]);
    };
    EXPECT_EQ(id_of(std::string(20, 'a')), std::string(20, 'a'));
    EXPECT_TRUE(id_of(std::string(255, '+')));
    EXPECT_FALSE(id_of(std::string(19, 'a')));
    EXPECT_FALSE(id_of(std::string(256, 'a')));
    EXPECT_FALSE(id_of(std::string(20, 'a') + "="));
}

}  // namespace
}  // namespace sip::sdp
