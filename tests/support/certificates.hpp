// Certificates for tests: an authority made anew, and what it signs, as PEM files in a folder of their own.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace sip::test {

struct ReleaseX509 {
    void operator()(X509* certificate) const noexcept;
    void operator()(EVP_PKEY* key) const noexcept;
};
struct Identity {
    std::unique_ptr<EVP_PKEY, ReleaseX509> key;
    std::unique_ptr<X509, ReleaseX509> certificate;
};

// `names`: subjectAltName as OpenSSL's configuration has it, "DNS:example.com,URI:sip:example.com,IP:192.0.2.1". Signed
// by `issuer`, or by itself. `days` from now; less than 0: it has expired.
Identity issue(const std::string& names, const Identity* issuer = nullptr, int days = 1);

class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string certificate(const std::string& name, const Identity& of) const;  // its path
    std::string key(const std::string& name, const Identity& of) const;
    std::string locked_key(const std::string& name, const Identity& of) const;  // by a passphrase
    std::string text(const std::string& name, const std::string& content) const;

private:
    std::filesystem::path path_;
};

}  // namespace sip::test
