#include "server/b2bua/line_security.hpp"

#include <gtest/gtest.h>

#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using config::Srtp;
using media::SrtpSuite;
using sip::sdp::Media;

constexpr const char* key_30 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";  // RFC 4568 §9.3's example: 16 and 14 bytes
const std::string sha1_80 = "AES_CM_128_HMAC_SHA1_80 inline:" + std::string{key_30};

Media line(const std::string& protocol, const std::vector<std::string>& keys = {}) {
    std::string text =
        "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 5000 " + protocol + " 0\r\n";
    for (const auto& key : keys) { text += "a=crypto:" + key + "\r\n"; }
    auto session = sip::sdp::parse(text);
    EXPECT_TRUE(session) << text;
    return session->media.at(0);
}

const sip::sdp::Session nowhere;

class LineSecurityTest : public testing::Test {
protected:
    base::SeededRandom random{1};
    media::SrtpSecret secret = media::SrtpSecret::make(random);
    LineSecurity with(Srtp use) const {
        return line_security(use, {"AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80", "F8_128_HMAC_SHA1_80"});
    }
    Media offered(Srtp use, const Media* before = nullptr) const {
        Media out = line("RTP/AVP");
        secure_offer(out, 0, before, with(use), secret);
        return out;
    }
    Media answered(const Media& offer, Srtp use) const {
        Media out = line("RTP/AVP");
        secure_answer(out, 0, {nowhere, offer}, with(use), secret);
        return out;
    }
};

TEST_F(LineSecurityTest, NamesThatAreNoSuiteOfOursAreLeftOut) {
    EXPECT_EQ(with(Srtp::optional).suites,
              (std::vector{SrtpSuite::aead_aes_128_gcm, SrtpSuite::aes_cm_128_hmac_sha1_80}));
}

TEST_F(LineSecurityTest, WhichLinesMayCarryAudio) {
    const Media plain = line("RTP/AVP");
    const Media beside = line("RTP/AVP", {"1 " + sha1_80});
    const Media secure = line("RTP/SAVP", {"1 " + sha1_80});
    const Media keyless = line("RTP/SAVP");
    const Media cut = line("RTP/SAVP", {"1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z"});
    const Media dtls = line("UDP/TLS/RTP/SAVP");
    struct Row {
        Srtp use;
        bool plain, beside, secure;
    };
    for (const Row& row : {Row{Srtp::off, true, true, false}, Row{Srtp::optional, true, true, true},
                           Row{Srtp::best_effort, true, true, true}, Row{Srtp::required, false, true, true}}) {
        EXPECT_EQ(may_carry_audio({nowhere, plain}, with(row.use)), row.plain);
        EXPECT_EQ(may_carry_audio({nowhere, beside}, with(row.use)), row.beside);
        EXPECT_EQ(may_carry_audio({nowhere, secure}, with(row.use)), row.secure);
        for (const Media& never : {keyless, cut, dtls}) {
            EXPECT_FALSE(may_carry_audio({nowhere, never}, with(row.use)));
        }
    }
}

TEST_F(LineSecurityTest, AnOfferNamesAKeyForEachSuiteWhereItIsToBeSecured) {
    EXPECT_EQ(offered(Srtp::optional).attribute("crypto"), nullptr);
    EXPECT_EQ(offered(Srtp::best_effort).protocol, "RTP/AVP");
    EXPECT_EQ(sip::sdp::crypto_of(offered(Srtp::best_effort)).size(), 2U);
    EXPECT_EQ(offered(Srtp::required).protocol, "RTP/SAVP");
    const auto keys = sip::sdp::crypto_of(offered(Srtp::required));
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].crypto.suite, "AEAD_AES_128_GCM");
    EXPECT_EQ(keys[0].crypto.tag, 1U);
    EXPECT_EQ(keys[1].crypto.tag, 2U);
    EXPECT_NE(keys[0].crypto.key, keys[1].crypto.key);
}

TEST_F(LineSecurityTest, ALineKeepsItsProfile) {
    const Media secure = line("RTP/SAVP", {"7 " + sha1_80});
    const Media plain = line("RTP/AVP");
    EXPECT_EQ(offered(Srtp::optional, &secure).protocol, "RTP/SAVP");
    EXPECT_EQ(offered(Srtp::required, &plain).protocol, "RTP/AVP");
}

TEST_F(LineSecurityTest, AFurtherOfferHasTheKeysOfTheLastDescriptionAndNoOthers) {
    const Media secure = line("RTP/SAVP", {"7 " + sha1_80});
    const auto keys = sip::sdp::crypto_of(offered(Srtp::optional, &secure));
    ASSERT_EQ(keys.size(), 1U) << "another suite would be another key in the middle of a call";
    EXPECT_EQ(keys[0].crypto, sip::sdp::crypto_of(secure)[0].crypto);
}

TEST_F(LineSecurityTest, AnAnswerTakesTheFirstKeyThatWeCanUse) {
    const Media offer = line("RTP/SAVP", {"1 AES_256_CM_HMAC_SHA1_80 inline:" + std::string(64, 'A'), "2 " + sha1_80,
                                          "3 AEAD_AES_128_GCM inline:" + std::string(38, 'A')});
    const auto keys = sip::sdp::crypto_of(answered(offer, Srtp::optional));
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(keys[0].crypto.tag, 2U);
    EXPECT_EQ(keys[0].crypto.suite, "AES_CM_128_HMAC_SHA1_80");
    EXPECT_EQ(answered(line("RTP/AVP", {"2 " + sha1_80}), Srtp::off).attribute("crypto"), nullptr);
}

TEST_F(LineSecurityTest, OurKeyOfASuiteIsTheSameInEachDescription) {
    const auto offer_keys = sip::sdp::crypto_of(offered(Srtp::required));
    const auto answer_keys = sip::sdp::crypto_of(answered(line("RTP/SAVP", {"9 " + sha1_80}), Srtp::optional));
    ASSERT_EQ(answer_keys.size(), 1U);
    EXPECT_EQ(answer_keys[0].crypto.key, offer_keys[1].crypto.key);
    Media second = line("RTP/AVP");
    secure_offer(second, 1, nullptr, with(Srtp::required), secret);
    EXPECT_NE(sip::sdp::crypto_of(second)[1].crypto.key, offer_keys[1].crypto.key) << "another line has another";
}

TEST_F(LineSecurityTest, KeysAreAgreedByTagAndSuite) {
    const Media ours = offered(Srtp::required);
    EXPECT_TRUE(agreed_keys(ours, line("RTP/SAVP", {"2 " + sha1_80})));
    EXPECT_FALSE(agreed_keys(ours, line("RTP/SAVP", {"1 " + sha1_80}))) << "the tag of another suite";
    EXPECT_FALSE(agreed_keys(ours, line("RTP/SAVP")));
    EXPECT_FALSE(agreed_keys(line("RTP/AVP"), line("RTP/AVP", {"2 " + sha1_80})));
    const auto keys = agreed_keys(ours, line("RTP/SAVP", {"2 " + sha1_80}));
    EXPECT_EQ(keys->theirs.to_base64(), key_30);
    EXPECT_EQ(keys->ours.to_base64(), sip::sdp::crypto_of(ours)[1].crypto.key);
}

}  // namespace
}  // namespace server
