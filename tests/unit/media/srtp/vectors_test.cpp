// The vectors of RFC 3711 Appendix B and RFC 7714 §16 and §17, and our library against what they prove.
#include <gtest/gtest.h>

#include "tests/unit/media/srtp/reference.hpp"
#include "tests/unit/media/srtp/samples.hpp"

namespace media::test {
namespace {

constexpr std::uint32_t gallia_ssrc = 0x5501a0b2;
constexpr std::uint32_t mars_ssrc = 0x4d617273;

Bytes gallia() {
    return hex(
        "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465"
        "73207472 6573");
}
Bytes mars() {
    return hex(
        "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef"
        "deadbeef deadbeef");
}
SrtpSessionKeys quid_pro_quo(std::string_view key) { return {hex(key), hex("51756964 2070726f 2071756f"), {}}; }

constexpr std::string_view key_128 = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view key_256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

TEST(SrtpVectors, CounterModeOfRfc3711B2) {
    const Bytes stream =
        key_stream(hex("2b7e151628aed2a6abf7158809cf4f3c"), hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), 48);
    EXPECT_EQ(stream, hex("e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab"
                          "41e95b3bb0a2e8dd477901e4fca894c0"));
}

TEST(SrtpVectors, KeyDerivationOfRfc3711B3) {
    const auto master = SrtpKey::from_bytes(SrtpSuite::aes_cm_128_hmac_sha1_80,
                                            hex("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6"));
    ASSERT_TRUE(master);
    const SrtpSessionKeys keys = derive(*master, 0);
    EXPECT_EQ(keys.cipher, hex("c61e7a93744f39ee10734afe3ff7a087"));
    EXPECT_EQ(keys.salt, hex("30cbbc08863d8c85d49db34a9ae1"));
    EXPECT_EQ(keys.authentication, hex("cebe321f6ff7716b6fd4ab49af256a15 6d38baa4"));
}

TEST(SrtpVectors, RtpOfRfc7714Section16) {
    const Protection how{12, gallia_ssrc, 0xf17b, 16, false};
    EXPECT_EQ(protect_gcm(quid_pro_quo(key_128), gallia(), how),
              hex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b"
                  "36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce"));
    EXPECT_EQ(protect_gcm(quid_pro_quo(key_256), gallia(), how),
              hex("8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f"
                  "1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13"));
}

TEST(SrtpVectors, RtcpOfRfc7714Section17) {
    const Protection how{8, mars_ssrc, 0x5d4, 16, true};
    EXPECT_EQ(protect_gcm(quid_pro_quo(key_128), mars(), how),
              hex("81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46"
                  "86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4"));
    EXPECT_EQ(protect_gcm(quid_pro_quo(key_256), mars(), how),
              hex("81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be 8415f658"
                  "c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4"));
}

class SrtpAgainstReference : public testing::TestWithParam<SrtpSuite> {
protected:
    Bytes protect(const Bytes& packet, const Protection& how) const {
        const SrtpSessionKeys keys = derive(key_, how.is_rtcp ? 3 : 0);
        const bool is_gcm = numbers_of(GetParam()).salt_size == 12;
        return is_gcm ? protect_gcm(keys, packet, how) : protect_counter_mode(keys, packet, how);
    }
    const SrtpKey key_ = key_of(GetParam());
};

TEST_P(SrtpAgainstReference, TheLibraryProtectsRtpAsTheRfcSays) {
    SrtpSession session = sender(key_);
    const Protection how{12, gallia_ssrc, 0xf17b, numbers_of(GetParam()).rtp_tag_size, false};
    EXPECT_EQ(protect_rtp(session, gallia()), protect(gallia(), how));
}

TEST_P(SrtpAgainstReference, TheLibraryProtectsRtcpAsTheRfcSays) {
    SrtpSession session = sender(key_);
    const Protection how{8, mars_ssrc, 1, numbers_of(GetParam()).rtcp_tag_size, true};
    EXPECT_EQ(protect_rtcp(session, mars()), protect(mars(), how));
}

TEST_P(SrtpAgainstReference, TheLibraryOpensWhatTheRfcProtects) {
    SrtpSession session = receiver(key_);
    const Protection rtp_how{12, gallia_ssrc, 0xf17b, numbers_of(GetParam()).rtp_tag_size, false};
    const Protection rtcp_how{8, mars_ssrc, 0x5d4, numbers_of(GetParam()).rtcp_tag_size, true};
    EXPECT_EQ(open_rtp(session, protect(gallia(), rtp_how)).packet, gallia());
    EXPECT_EQ(open_rtcp(session, protect(mars(), rtcp_how)).packet, mars());
}

INSTANTIATE_TEST_SUITE_P(AllSuites, SrtpAgainstReference, testing::ValuesIn(all_srtp_suites),
                         [](const auto& suite) { return std::string{numbers_of(suite.param).name}; });

}  // namespace
}  // namespace media::test
