#include "media/dtls/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

namespace media {
namespace {

void require(bool done, const char* what) {
    if (!done) { throw std::runtime_error{std::string{"DTLS certificate: "} + what}; }
}

// RFC 8122 §5: neither MD2 nor MD5.
const EVP_MD* hash_named(std::string_view name) {
    if (name == "sha-1") { return EVP_sha1(); }
    if (name == "sha-224") { return EVP_sha224(); }
    if (name == "sha-256") { return EVP_sha256(); }
    if (name == "sha-384") { return EVP_sha384(); }
    if (name == "sha-512") { return EVP_sha512(); }
    return nullptr;
}

void set_serial(X509* certificate) {
    std::uint64_t serial = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "no random numbers");
    require(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1, "serial number");
}

void set_validity(X509* certificate, std::chrono::system_clock::time_point now) {
    constexpr int first_day = -1;  // clocks differ
    constexpr int last_day = 30;
    std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    require(X509_time_adj_ex(X509_getm_notBefore(certificate), first_day, 0, &seconds) != nullptr &&
                X509_time_adj_ex(X509_getm_notAfter(certificate), last_day, 0, &seconds) != nullptr,
            "validity");
}

// The name says nothing of this machine.
void set_name(X509* certificate) {
    constexpr std::array<unsigned char, 8> name{'h', 'o', 'l', 'd', 'f', 'a', 's', 't'};
    X509_NAME* const subject = X509_get_subject_name(certificate);
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name.data(), static_cast<int>(name.size()), -1,
                                       0) == 1 &&
                X509_set_issuer_name(certificate, subject) == 1,
            "name");
}

}  // namespace

std::vector<std::uint8_t> digest_of(const X509& certificate, std::string_view hash) {
    const EVP_MD* const function = hash_named(hash);
    if (function == nullptr) { return {}; }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (X509_digest(&certificate, function, digest.data(), &size) != 1) { return {}; }
    return {digest.begin(), digest.begin() + size};
}

void Certificate::Release::operator()(X509* certificate) const noexcept { X509_free(certificate); }
void Certificate::Release::operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }

Certificate::Certificate(std::chrono::system_clock::time_point now) : key_{EVP_EC_gen("P-256")}, x509_{X509_new()} {
    constexpr long version_3 = 2;
    require(key_ != nullptr && x509_ != nullptr, "key");
    require(X509_set_version(x509_.get(), version_3) == 1, "version");
    set_serial(x509_.get());
    set_validity(x509_.get(), now);
    set_name(x509_.get());
    require(X509_set_pubkey(x509_.get(), key_.get()) == 1 && X509_sign(x509_.get(), key_.get(), EVP_sha256()) > 0,
            "signature");
    fingerprint_ = {"sha-256", digest_of(*x509_, "sha-256")};
}

}  // namespace media
