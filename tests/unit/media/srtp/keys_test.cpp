#include "media/srtp/keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>

#include "tests/unit/media/srtp/samples.hpp"

namespace media::test {
namespace {

constexpr SrtpSuite sha1_80 = SrtpSuite::aes_cm_128_hmac_sha1_80;

TEST(SrtpKey, IsReadAndWrittenAsInRfc4568) {
    constexpr std::string_view example = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";  // RFC 4568 §9.1
    const auto key = SrtpKey::from_base64(sha1_80, example);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->bytes().size(), 30U);
    EXPECT_EQ(key->to_base64(), example);
}

TEST(SrtpKey, OfEverySuiteSurvivesItsText) {
    for (const SrtpSuite suite : all_srtp_suites) {
        const SrtpKey key = key_of(suite);
        const std::string text = key.to_base64();
        EXPECT_EQ(text.size() % 4, 0U);
        EXPECT_EQ(SrtpKey::from_base64(suite, text), key) << numbers_of(suite).name;
        EXPECT_EQ(SrtpKey::from_base64(suite, text.substr(0, text.find('='))), key) << "padding may be missing";
        EXPECT_EQ(SrtpKey::from_bytes(suite, key.bytes()), key);
    }
}

TEST(SrtpKey, OfAnotherLengthIsRefused) {
    const std::string text = key_of(sha1_80).to_base64();
    EXPECT_FALSE(SrtpKey::from_base64(sha1_80, text.substr(4)));
    EXPECT_FALSE(SrtpKey::from_base64(sha1_80, text + "AAAA"));
    EXPECT_FALSE(SrtpKey::from_base64(sha1_80, ""));
    EXPECT_FALSE(SrtpKey::from_base64(SrtpSuite::aes_256_cm_hmac_sha1_80, text));
    EXPECT_FALSE(SrtpKey::from_bytes(sha1_80, Bytes(29)));
    EXPECT_FALSE(SrtpKey::from_bytes(sha1_80, Bytes(31)));
}

TEST(SrtpKey, OutsideTheAlphabetIsRefused) {
    std::string text = key_of(sha1_80).to_base64();
    for (const char bad : {' ', '-', '_', '=', '\0', '\x80'}) {
        text[7] = bad;
        EXPECT_FALSE(SrtpKey::from_base64(sha1_80, text)) << bad;
    }
    const std::string gcm = key_of(SrtpSuite::aead_aes_128_gcm).to_base64();  // 28 bytes: four bits are left over
    std::string loose = gcm;
    loose[37] = 'B';
    EXPECT_FALSE(SrtpKey::from_base64(SrtpSuite::aead_aes_128_gcm, loose)) << "bits behind the end";
}

TEST(SrtpKey, DiffersByContentAndBySuite) {
    EXPECT_NE(key_of(sha1_80, 1), key_of(sha1_80, 2));
    EXPECT_NE(key_of(sha1_80), key_of(SrtpSuite::aes_cm_128_hmac_sha1_32));
}

TEST(SrtpKey, IsWipedWhenItGoes) {
    alignas(SrtpKey) std::array<std::byte, sizeof(SrtpKey)> memory{};
    const SrtpKey model = key_of(sha1_80);
    auto* const key = new (memory.data()) SrtpKey{model};
    const auto holds_it = [&] {
        const auto secret = model.bytes();
        return std::search(memory.begin(), memory.end(), secret.begin(), secret.end()) != memory.end();
    };
    ASSERT_TRUE(holds_it());
    key->~SrtpKey();
    EXPECT_FALSE(holds_it());
}

TEST(SrtpSuites, AreFoundByTheirNames) {
    for (const SrtpSuite suite : all_srtp_suites) {
        EXPECT_EQ(srtp_suite_named(numbers_of(suite).name), suite);
        if (!numbers_of(suite).dtls_profile.empty()) {
            EXPECT_EQ(srtp_suite_of_profile(numbers_of(suite).dtls_profile), suite);
        }
    }
    EXPECT_EQ(srtp_suite_named("F8_128_HMAC_SHA1_80"), std::nullopt);
    EXPECT_EQ(srtp_suite_named("aes_cm_128_hmac_sha1_80"), sha1_80);
    EXPECT_EQ(srtp_suite_of_profile(""), std::nullopt);
}

}  // namespace
}  // namespace media::test
