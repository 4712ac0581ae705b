// Digest authentication, the calculation and its two header forms: RFC 7616 and RFC 2617 as SIP uses them (RFC 3261
// §22, RFC 8760). Text of quoted strings is kept as it stands on the wire, for that is what is hashed. Leaves out:
// auth-int, the -sess algorithms, userhash. Nothing here may be logged but realm and username.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

enum class DigestAlgorithm : std::uint8_t { md5, sha256, sha512_256 };  // the later the stronger
std::string_view to_text(DigestAlgorithm algorithm);                    // "MD5", "SHA-256", "SHA-512-256"
std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text);

// Hash in lower-case hexadecimal; empty where the crypto library refuses the algorithm (MD5 in FIPS mode).
std::string digest_hash(DigestAlgorithm algorithm, std::string_view text);
// Equal, in a time that depends on the lengths only. Empty texts are equal to nothing.
bool equal_secrets(std::string_view a, std::string_view b);

// One WWW-Authenticate or Proxy-Authenticate value.
struct DigestChallenge {
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    std::string realm;
    std::string nonce;
    std::optional<std::string> opaque;
    bool qop_auth = false;  // false: a peer of RFC 2069, without nc and cnonce
    bool stale = false;

    // Nullopt: not Digest, malformed, or nothing that we can answer.
    static std::optional<DigestChallenge> parse(std::string_view value);
    std::string to_string() const;
};

// One Authorization or Proxy-Authorization value.
struct DigestAnswer {
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    std::string username;
    std::string realm;
    std::string nonce;
    std::string uri;
    std::string response;
    std::optional<std::string> opaque;
    bool qop_auth = false;
    std::string nc;  // eight hexadecimal digits, as written; with qop only
    std::string cnonce;

    static std::optional<DigestAnswer> parse(std::string_view value);
    std::string to_string() const;
    std::uint32_t nonce_count() const;  // 0 without qop
};

// H(username:realm:password): what a server may store in place of the password, one for each algorithm.
std::string digest_ha1(DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
                       std::string_view password);
// What `response` has to be for everything else in `answer` (RFC 7616 §3.4.1; RFC 2069 without qop).
std::string digest_response(const DigestAnswer& answer, std::string_view method, std::string_view ha1);

}  // namespace sip
