#include "sip/auth/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>

#include "base/text.hpp"
#include "sip/auth/auth_parameters.hpp"

namespace sip {
namespace {

constexpr std::array all_algorithms{DigestAlgorithm::md5, DigestAlgorithm::sha256, DigestAlgorithm::sha512_256};

const EVP_MD* hash_of(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::md5:
            return EVP_md5();
        case DigestAlgorithm::sha256:
            return EVP_sha256();
        case DigestAlgorithm::sha512_256:
            return EVP_sha512_256();
    }
    return nullptr;
}

std::string quoted(std::string_view name, std::string_view value) {
    return std::string{name} + "=\"" + std::string{value} + "\"";
}

// RFC 2617 §3.2.1: no algorithm means MD5.
std::optional<DigestAlgorithm> algorithm_in(const AuthParameters& parameters) {
    return parse_digest_algorithm(parameters.find("algorithm").value_or("MD5"));
}

bool lists_auth(std::string_view qop_options) {
    while (!qop_options.empty()) {
        const auto comma = qop_options.find(',');
        if (base::iequals(base::trim(qop_options.substr(0, comma)), "auth")) { return true; }
        qop_options.remove_prefix(comma == qop_options.npos ? qop_options.size() : comma + 1);
    }
    return false;
}

bool is_nonce_count(std::string_view text) {
    return text.size() == 8 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

std::optional<std::string> optional_text(std::optional<std::string_view> view) {
    if (!view) { return std::nullopt; }
    return std::string{*view};
}

}  // namespace

std::string_view to_text(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::md5:
            return "MD5";
        case DigestAlgorithm::sha256:
            return "SHA-256";
        case DigestAlgorithm::sha512_256:
            return "SHA-512-256";
    }
    return "";
}

std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text) {
    for (const DigestAlgorithm algorithm : all_algorithms) {
        if (base::iequals(text, to_text(algorithm))) { return algorithm; }
    }
    return std::nullopt;
}

std::string digest_hash(DigestAlgorithm algorithm, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, hash_of(algorithm), nullptr) != 1) { return {}; }
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * size);
    for (unsigned i = 0; i < size; ++i) {
        hex += digits[hash[i] >> 4];
        hex += digits[hash[i] & 15];
    }
    return hex;
}

bool equal_secrets(std::string_view a, std::string_view b) {
    return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<DigestChallenge> DigestChallenge::parse(std::string_view value) {
    const auto parameters = AuthParameters::parse_digest(value);
    if (!parameters) { return std::nullopt; }
    const auto algorithm = algorithm_in(*parameters);
    const auto qop = parameters->find("qop");
    const bool complete = algorithm && parameters->find("realm") && parameters->find("nonce");
    if (!complete || (qop && !lists_auth(*qop))) { return std::nullopt; }
    DigestChallenge challenge;
    challenge.algorithm = *algorithm;
    challenge.realm = parameters->text("realm");
    challenge.nonce = parameters->text("nonce");
    challenge.opaque = optional_text(parameters->find("opaque"));
    challenge.qop_auth = qop.has_value();
    challenge.stale = base::iequals(parameters->find("stale").value_or(""), "true");
    return challenge;
}

std::string DigestChallenge::to_string() const {
    std::string text = "Digest " + quoted("realm", realm) + ", " + quoted("nonce", nonce);
    if (opaque) { text += ", " + quoted("opaque", *opaque); }
    text += ", algorithm=" + std::string{to_text(algorithm)};
    if (qop_auth) { text += ", qop=\"auth\""; }
    if (stale) { text += ", stale=true"; }
    return text;
}

std::optional<DigestAnswer> DigestAnswer::parse(std::string_view value) {
    const auto parameters = AuthParameters::parse_digest(value);
    if (!parameters) { return std::nullopt; }
    const auto algorithm = algorithm_in(*parameters);
    if (!algorithm) { return std::nullopt; }
    for (const std::string_view name : {"username", "realm", "nonce", "uri", "response"}) {
        if (!parameters->find(name)) { return std::nullopt; }
    }
    DigestAnswer answer;
    answer.algorithm = *algorithm;
    answer.username = parameters->text("username");
    answer.realm = parameters->text("realm");
    answer.nonce = parameters->text("nonce");
    answer.uri = parameters->text("uri");
    answer.response = base::lower(*parameters->find("response"));
    answer.opaque = optional_text(parameters->find("opaque"));
    const auto qop = parameters->find("qop");
    if (!qop) { return answer; }
    answer.qop_auth = true;
    answer.nc = parameters->text("nc");
    answer.cnonce = parameters->text("cnonce");
    const bool complete = base::iequals(*qop, "auth") && is_nonce_count(answer.nc) && !answer.cnonce.empty();
    return complete ? std::optional{answer} : std::nullopt;
}

std::string DigestAnswer::to_string() const {
    std::string text = "Digest " + quoted("username", username) + ", " + quoted("realm", realm) + ", " +
                       quoted("nonce", nonce) + ", " + quoted("uri", uri) + ", " + quoted("response", response) +
                       ", algorithm=" + std::string{to_text(algorithm)};
    if (opaque) { text += ", " + quoted("opaque", *opaque); }
    if (qop_auth) { text += ", qop=auth, nc=" + nc + ", " + quoted("cnonce", cnonce); }
    return text;
}

std::uint32_t DigestAnswer::nonce_count() const {
    std::uint32_t count = 0;
    std::from_chars(nc.data(), nc.data() + nc.size(), count, 16);
    return count;
}

std::string digest_ha1(DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
                       std::string_view password) {
    std::string text;
    text.append(username).append(":").append(realm).append(":").append(password);
    return digest_hash(algorithm, text);
}

std::string digest_response(const DigestAnswer& answer, std::string_view method, std::string_view ha1) {
    const std::string ha2 = digest_hash(answer.algorithm, std::string{method} + ":" + answer.uri);
    if (ha1.empty() || ha2.empty()) { return {}; }
    std::string text{ha1};
    text += ":" + answer.nonce + ":";
    if (answer.qop_auth) { text += answer.nc + ":" + answer.cnonce + ":auth:"; }
    return digest_hash(answer.algorithm, text + ha2);
}

}  // namespace sip
