#include "tests/support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>

namespace sip::test {
namespace {

constexpr long day = 24 * 60 * 60;

void require(bool done, const char* what) {
    if (!done) { throw std::runtime_error{what}; }
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "an extension");
    X509_EXTENSION_free(extension);
}

template <class Write>
std::string write_pem(const std::filesystem::path& path, Write write) {
    BIO* const out = BIO_new_file(path.c_str(), "w");
    require(out != nullptr && write(out) == 1, "a PEM file");
    BIO_free(out);
    return path;
}

}  // namespace

void ReleaseX509::operator()(X509* certificate) const noexcept { X509_free(certificate); }
void ReleaseX509::operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }

Identity issue(const std::string& names, const Identity* issuer, int days) {
    static std::atomic<long> serial{1};
    Identity made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate.reset(X509_new());
    X509* const certificate = made.certificate.get();
    require(made.key && certificate != nullptr, "a key");
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * day);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME* const subject = X509_get_subject_name(certificate);
    const auto* const common = reinterpret_cast<const unsigned char*>(issuer == nullptr ? "authority" : "leaf");
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer->certificate.get()));
    if (issuer == nullptr) { add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE"); }
    if (!names.empty()) { add_extension(certificate, NID_subject_alt_name, names); }
    EVP_PKEY* const signer = issuer == nullptr ? made.key.get() : issuer->key.get();
    require(X509_sign(certificate, signer, EVP_sha256()) > 0, "a signature");
    return made;
}

Folder::Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "tls-test-XXXXXX";
    require(mkdtemp(pattern.data()) != nullptr, "a folder");
    path_ = pattern;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string Folder::certificate(const std::string& name, const Identity& of) const {
    return write_pem(path_ / name, [&](BIO* out) { return PEM_write_bio_X509(out, of.certificate.get()); });
}

std::string Folder::key(const std::string& name, const Identity& of) const {
    return write_pem(path_ / name, [&](BIO* out) {
        return PEM_write_bio_PrivateKey(out, of.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string Folder::locked_key(const std::string& name, const Identity& of) const {
    const unsigned char passphrase[] = {'s', 'e', 's', 'a', 'm', 'e'};
    return write_pem(path_ / name, [&](BIO* out) {
        return PEM_write_bio_PrivateKey(out, of.key.get(), EVP_aes_128_cbc(), passphrase, sizeof passphrase, nullptr,
                                        nullptr);
    });
}

std::string Folder::text(const std::string& name, const std::string& content) const {
    std::ofstream{path_ / name} << content;
    return path_ / name;
}

}  // namespace sip::test
