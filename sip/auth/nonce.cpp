#include "sip/auth/nonce.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>
#include <cstddef>

#include "sip/auth/digest.hpp"

namespace sip {
namespace {

constexpr std::size_t number_digits = 16;  // a 64-bit number
constexpr std::size_t plain_digits = 2 * number_digits;
constexpr std::size_t seal_bytes = 16;
constexpr std::size_t seal_digits = 2 * seal_bytes;

void append_hex(std::string& text, std::uint64_t value, std::size_t digit_count) {
    static constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = digit_count; i-- > 0;) { text += digits[value >> (4 * i) & 15U]; }
}

std::uint64_t read_hex(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

}  // namespace

NonceMint::NonceMint(base::Random& random, std::string realm) : random_{random}, realm_{std::move(realm)} {
    for (std::uint64_t& part : key_) { part = random_.next(); }
}

std::string NonceMint::make(base::Instant now) {
    std::string text;
    text.reserve(plain_digits + seal_digits);
    append_hex(text, static_cast<std::uint64_t>(now.time_since_epoch().count()), number_digits);
    append_hex(text, random_.next(), number_digits);
    return text + seal(text);
}

std::optional<Nonce> NonceMint::read(std::string_view text) const {
    if (text.size() != plain_digits + seal_digits) { return std::nullopt; }
    const auto plain = text.substr(0, plain_digits);
    if (!equal_secrets(text.substr(plain_digits), seal(plain))) { return std::nullopt; }
    const auto ticks = static_cast<base::Duration::rep>(read_hex(plain.substr(0, number_digits)));
    return Nonce{base::Instant{base::Duration{ticks}}, read_hex(plain.substr(number_digits))};
}

std::string NonceMint::seal(std::string_view plain) const {
    const std::string sealed = std::string{plain} + realm_;
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(sealed.data());
    if (HMAC(EVP_sha256(), key_.data(), sizeof key_, bytes, sealed.size(), mac.data(), &size) == nullptr) { return {}; }
    std::string text;
    for (std::size_t i = 0; i < seal_bytes; ++i) { append_hex(text, mac[i], 2); }
    return text;
}

}  // namespace sip
