#include "sip/transaction/key_hash.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>

namespace sip {
namespace {

// The same function by another hand.
KeyDigest reference(const KeyHash::Secret& secret, const std::string& text) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac{EVP_MAC_fetch(nullptr, "SIPHASH", nullptr),
                                                                &EVP_MAC_free};
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{EVP_MAC_CTX_new(mac.get()),
                                                                            &EVP_MAC_CTX_free};
    std::array<unsigned char, 16> key;
    std::memcpy(key.data(), secret.data(), key.size());
    unsigned int size = 16;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_uint("size", &size), OSSL_PARAM_construct_end()};
    EXPECT_EQ(EVP_MAC_init(context.get(), key.data(), key.size(), parameters), 1);
    EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    KeyDigest digest;
    std::size_t written = 0;
    std::array<unsigned char, 16> out;
    EXPECT_EQ(EVP_MAC_final(context.get(), out.data(), &written, out.size()), 1);
    std::memcpy(&digest.low, out.data(), 8);
    std::memcpy(&digest.high, out.data() + 8, 8);
    return digest;
}

TEST(KeyHash, IsSipHash24With128BitsForEveryLength) {
    const KeyHash::Secret secret{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::string text;
    for (int length = 0; length < 70; ++length) {
        EXPECT_EQ(KeyHash{secret}.add(text).finish(), reference(secret, text)) << length;
        text += static_cast<char>(length * 37);
    }
}

TEST(KeyHash, KeepsPartsApart) {
    const KeyHash::Secret secret{1, 2};
    EXPECT_NE(KeyHash{secret}.add_part("ab").add_part("c").finish(),
              KeyHash{secret}.add_part("a").add_part("bc").finish());
    EXPECT_EQ(KeyHash{secret}.add("ab").add("c").finish(), KeyHash{secret}.add("abc").finish());
}

TEST(KeyHash, DependsOnItsSecret) { EXPECT_NE(KeyHash({1, 2}).add("x").finish(), KeyHash({1, 3}).add("x").finish()); }

}  // namespace
}  // namespace sip
