// A master key with its salt (RFC 3711 §8.2), as a=crypto carries it after "inline:" (RFC 4568 §6.1) and as DTLS
// exports it (RFC 5764 §4.2). The value is wiped when it goes. Leaves out: lifetime, MKI, key derivation (the library
// does it).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "media/srtp/suites.hpp"

namespace media {

// Of which keys are derived. Wiped when it goes.
class SrtpSecret {
public:
    // `random` must be fit for secrets.
    static SrtpSecret make(base::Random& random);
    SrtpSecret(const SrtpSecret&) = default;
    SrtpSecret& operator=(const SrtpSecret&) = default;
    ~SrtpSecret();
    std::span<const std::byte> bytes() const { return bytes_; }

private:
    SrtpSecret() = default;
    std::array<std::byte, 32> bytes_{};
};

class SrtpKey {
public:
    static constexpr std::size_t max_size = 46;  // AES_256_CM: 32 and 14

    // Nullopt: not exactly a key and a salt of this suite.
    static std::optional<SrtpKey> from_bytes(SrtpSuite suite, std::span<const std::byte> key_and_salt);
    // Padding may be missing; any character outside the alphabet refuses the text.
    static std::optional<SrtpKey> from_base64(SrtpSuite suite, std::string_view text);
    // A new one; `random` must be fit for secrets.
    static SrtpKey make(SrtpSuite suite, base::Random& random);
    // Always the same for the same secret and label, and telling nothing of either: HMAC-SHA-512 (RFC 4868), cut to
    // the size of the suite.
    static SrtpKey derive(SrtpSuite suite, const SrtpSecret& secret, std::string_view label);

    SrtpKey(const SrtpKey&) = default;
    SrtpKey& operator=(const SrtpKey&) = default;
    ~SrtpKey();

    SrtpSuite suite() const { return suite_; }
    // The key, then the salt.
    std::span<const std::byte> bytes() const { return std::span{bytes_}.first(size_); }
    std::string to_base64() const;  // padded; a secret

    // In a time that does not depend on the content.
    friend bool operator==(const SrtpKey& a, const SrtpKey& b);

private:
    explicit SrtpKey(SrtpSuite suite)
        : suite_{suite}, size_{numbers_of(suite).key_size + numbers_of(suite).salt_size} {}

    SrtpSuite suite_;
    std::size_t size_;
    std::array<std::byte, max_size> bytes_{};
};

// Of one leg: each side protects what it sends with its own (RFC 4568 §6.1, RFC 5764 §4.2).
struct SrtpKeys {
    SrtpKey ours;
    SrtpKey theirs;
    friend bool operator==(const SrtpKeys&, const SrtpKeys&) = default;
};

}  // namespace media
