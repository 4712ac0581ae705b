// The certificate that DTLS-SRTP legs show: ECDSA on P-256, self-signed, made anew at each start (RFC 8827 §6.5), known
// to peers by its fingerprint alone (RFC 8122). And fingerprints of certificates of others.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace media {

// As a description says it: "sha-256" in lower case, and the bytes.
struct CertificateFingerprint {
    std::string hash;
    std::vector<std::uint8_t> digest;
    friend bool operator==(const CertificateFingerprint&, const CertificateFingerprint&) = default;
};

// Of `certificate`; empty for a hash function that may not be used or is not known.
std::vector<std::uint8_t> digest_of(const X509& certificate, std::string_view hash);

class Certificate {
public:
    // Good from a day before `now` for a month. Throws std::runtime_error: the library refuses, and the program cannot
    // start.
    explicit Certificate(std::chrono::system_clock::time_point now);

    const CertificateFingerprint& fingerprint() const { return fingerprint_; }  // sha-256
    X509* x509() const { return x509_.get(); }
    EVP_PKEY* key() const { return key_.get(); }

private:
    struct Release {
        void operator()(X509* certificate) const noexcept;
        void operator()(EVP_PKEY* key) const noexcept;
    };
    std::unique_ptr<EVP_PKEY, Release> key_;
    std::unique_ptr<X509, Release> x509_;
    CertificateFingerprint fingerprint_;
};

}  // namespace media
