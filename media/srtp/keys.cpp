#include "media/srtp/keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace media {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Nullopt: not base64 of exactly out.size() bytes (RFC 4648 §4). Bits behind the last byte must be zero (§3.5).
bool decode(std::string_view text, std::span<std::byte> out) {
    if (text.size() % 4 == 0 && text.ends_with("==")) { text.remove_suffix(1); }
    if (text.ends_with('=')) { text.remove_suffix(1); }
    if (text.size() != (out.size() * 8 + 5) / 6) { return false; }
    std::uint32_t bits = 0;
    unsigned held = 0;
    std::size_t at = 0;
    for (const char character : text) {
        const auto value = alphabet.find(character);
        if (value == alphabet.npos) { return false; }
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) { continue; }
        held -= 8;
        out[at++] = static_cast<std::byte>(bits >> held & 0xffU);
    }
    return (bits & ((1U << held) - 1)) == 0;
}

void fill(std::span<std::byte> out, base::Random& random) {
    for (std::size_t at = 0; at < out.size(); at += 8) {
        std::uint64_t number = random.next();
        for (std::size_t i = at; i < std::min(at + 8, out.size()); ++i) {
            out[i] = static_cast<std::byte>(number & 0xffU);
            number >>= 8;
        }
    }
}

}  // namespace

SrtpSecret SrtpSecret::make(base::Random& random) {
    SrtpSecret secret;
    fill(secret.bytes_, random);
    return secret;
}

SrtpSecret::~SrtpSecret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::optional<SrtpKey> SrtpKey::from_bytes(SrtpSuite suite, std::span<const std::byte> key_and_salt) {
    SrtpKey key{suite};
    if (key_and_salt.size() != key.size_) { return std::nullopt; }
    std::copy(key_and_salt.begin(), key_and_salt.end(), key.bytes_.begin());
    return key;
}

std::optional<SrtpKey> SrtpKey::from_base64(SrtpSuite suite, std::string_view text) {
    SrtpKey key{suite};
    if (!decode(text, std::span{key.bytes_}.first(key.size_))) { return std::nullopt; }
    return key;
}

SrtpKey SrtpKey::make(SrtpSuite suite, base::Random& random) {
    SrtpKey key{suite};
    fill(std::span{key.bytes_}.first(key.size_), random);
    return key;
}

SrtpKey SrtpKey::derive(SrtpSuite suite, const SrtpSecret& secret, std::string_view label) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    static_assert(digest.size() >= max_size);
    const std::string text = std::string{label} + '/' + std::string{numbers_of(suite).name};
    HMAC(EVP_sha512(), secret.bytes().data(), static_cast<int>(secret.bytes().size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
    SrtpKey key{suite};
    std::copy_n(std::as_bytes(std::span{digest}).begin(), key.size_, key.bytes_.begin());
    OPENSSL_cleanse(digest.data(), digest.size());
    return key;
}

SrtpKey::~SrtpKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string SrtpKey::to_base64() const {
    std::string text;
    text.reserve((size_ + 2) / 3 * 4);
    for (std::size_t at = 0; at < size_; at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t i = at; i < at + 3; ++i) {
            bits = bits << 8 | (i < size_ ? std::to_integer<std::uint32_t>(bytes_[i]) : 0U);
        }
        for (unsigned shift = 24; shift > 0; shift -= 6) { text += alphabet[bits >> (shift - 6) & 0x3fU]; }
    }
    for (std::size_t missing = (3 - size_ % 3) % 3, i = 0; i < missing; ++i) { text[text.size() - 1 - i] = '='; }
    return text;
}

bool operator==(const SrtpKey& a, const SrtpKey& b) {
    return a.suite_ == b.suite_ && CRYPTO_memcmp(a.bytes_.data(), b.bytes_.data(), a.size_) == 0;
}

}  // namespace media
