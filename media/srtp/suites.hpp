// The SRTP suites that legs may agree on, and the numbers of each: RFC 4568 §6.2, RFC 6188, RFC 7714 §12–§14; their
// DTLS-SRTP profiles (RFC 5764 §4.1.2, RFC 7714 §14.2). Leaves out: NULL ciphers, AES-192, F8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace media {

enum class SrtpSuite : std::uint8_t {
    aead_aes_256_gcm,
    aead_aes_128_gcm,
    aes_256_cm_hmac_sha1_80,
    aes_cm_128_hmac_sha1_80,
    aes_cm_128_hmac_sha1_32
};
// In the order in which we offer them.
inline constexpr std::array all_srtp_suites{SrtpSuite::aead_aes_256_gcm, SrtpSuite::aead_aes_128_gcm,
                                            SrtpSuite::aes_256_cm_hmac_sha1_80, SrtpSuite::aes_cm_128_hmac_sha1_80,
                                            SrtpSuite::aes_cm_128_hmac_sha1_32};

struct SrtpSuiteNumbers {
    std::string_view name;          // in a=crypto
    std::string_view dtls_profile;  // as OpenSSL calls it; empty: there is none
    std::size_t key_size;           // of the master key and its salt, in bytes
    std::size_t salt_size;
    std::size_t rtp_tag_size;
    std::size_t rtcp_tag_size;
};

constexpr SrtpSuiteNumbers numbers_of(SrtpSuite suite) {
    constexpr std::array<SrtpSuiteNumbers, all_srtp_suites.size()> numbers{{
        {"AEAD_AES_256_GCM", "SRTP_AEAD_AES_256_GCM", 32, 12, 16, 16},
        {"AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM", 16, 12, 16, 16},
        {"AES_256_CM_HMAC_SHA1_80", "", 32, 14, 10, 10},
        {"AES_CM_128_HMAC_SHA1_80", "SRTP_AES128_CM_SHA1_80", 16, 14, 10, 10},
        {"AES_CM_128_HMAC_SHA1_32", "SRTP_AES128_CM_SHA1_32", 16, 14, 4, 10},  // RFC 4568 §6.2.2: RTCP keeps its 80
    }};
    return numbers[static_cast<std::size_t>(suite)];
}

// In any case of letters: the names are literals of the grammar (RFC 4568 §9.2, RFC 5234 §2.3).
constexpr std::optional<SrtpSuite> srtp_suite_named(std::string_view name) {
    for (const SrtpSuite suite : all_srtp_suites) {
        if (base::iequals(numbers_of(suite).name, name)) { return suite; }
    }
    return std::nullopt;
}

constexpr std::optional<SrtpSuite> srtp_suite_of_profile(std::string_view dtls_profile) {
    for (const SrtpSuite suite : all_srtp_suites) {
        if (!dtls_profile.empty() && numbers_of(suite).dtls_profile == dtls_profile) { return suite; }
    }
    return std::nullopt;
}

}  // namespace media
