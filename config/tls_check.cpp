#include "config/tls_check.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "config/values.hpp"

namespace config {

namespace {

struct Release {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, Release>;

// The library would ask whoever sits at the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

std::string reason() {
    const char* const text = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    return text == nullptr ? "the library refuses" : text;
}

// False, and said: the file cannot be read.
bool is_readable(const std::string& path, const std::string& key, Report& report) {
    errno = 0;
    std::ifstream file{path};
    if (file && file.peek() != std::ifstream::traits_type::eof()) { return true; }
    const std::string why = errno != 0 ? std::strerror(errno) : "nothing is in it";
    report.error_at(key, in_quotes(path) + " cannot be read: " + why + ", expected a PEM file");
    return false;
}

void check_certificate(const SipTls& tls, SSL_CTX* context, Report& report) {
    if (!is_readable(tls.certificate, "sip.tls.certificate", report)) { return; }
    if (SSL_CTX_use_certificate_chain_file(context, tls.certificate.c_str()) != 1) {
        return report.error_at("sip.tls.certificate", in_quotes(tls.certificate) + " cannot be used: " + reason() +
                                                          ", expected a PEM file with our certificate first");
    }
    if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context))) < 0) {
        report.warn_at("sip.tls.certificate", in_quotes(tls.certificate) + " has expired, peers may refuse it");
    }
}

void check_key(const SipTls& tls, SSL_CTX* context, Report& report) {
    if (!is_readable(tls.key, "sip.tls.key", report)) { return; }
    SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
    if (SSL_CTX_use_PrivateKey_file(context, tls.key.c_str(), SSL_FILETYPE_PEM) == 1) { return; }
    const bool strange = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
    const std::string what = strange ? " is of another certificate" : " cannot be used: " + reason();
    ERR_clear_error();
    report.error_at("sip.tls.key", in_quotes(tls.key) + what + ", expected the key of sip.tls.certificate");
}

void check_authorities(const std::string& path, const std::string& key, SSL_CTX* context, Report& report) {
    if (path.empty() || !is_readable(path, key, report)) { return; }
    if (SSL_CTX_load_verify_locations(context, path.c_str(), nullptr) == 1) { return; }
    report.error_at(key, in_quotes(path) + " cannot be used: " + reason() +
                             ", expected a PEM file with certificates of authorities");
}

void check_files(const SipTls& tls, Report& report) {
    const Context context{SSL_CTX_new(TLS_server_method())};
    ERR_clear_error();
    check_certificate(tls, context.get(), report);
    check_key(tls, context.get(), report);
    check_authorities(tls.ca, "sip.tls.ca", context.get(), report);
    check_authorities(tls.client_ca, "sip.tls.client_ca", context.get(), report);
}

void check_uri(const std::string& uri, const std::string& key, Report& report) {
    if (!is_secure_uri(uri)) { return; }
    report.error_at(key, in_quotes(uri) + " is reached under TLS, expected a tls:// listener in sip.listen");
}

void check_uris(const Config& config, Report& report) {
    check_uri(config.hold.music, "hold.music", report);
    for (const auto& [name, trunk] : config.trunks) {
        for (std::size_t i = 0; i < trunk.peers.size(); ++i) {
            check_uri(trunk.peers[i].uri, "trunks." + name + ".peers[" + std::to_string(i) + "].uri", report);
        }
        if (trunk.hold.music == config.hold.music) { continue; }
        check_uri(trunk.hold.music, "trunks." + name + ".hold.music", report);
    }
    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        const auto& targets = config.routes[i].target;
        for (std::size_t j = 0; j < targets.size(); ++j) {
            const std::string key = "routes[" + std::to_string(i) + "].target[" + std::to_string(j) + "]";
            check_uri(targets[j], key, report);
        }
    }
}

}  // namespace

void check_tls(const Config& config, Report& report) {
    const auto& listen = config.sip.listen;
    const auto first = std::find_if(listen.begin(), listen.end(), [](const Listener& at) { return at.is_secure(); });
    // Nobody can be called over a WebSocket of ours.
    const bool connects = std::any_of(listen.begin(), listen.end(), [](auto& at) { return at.transport == "tls"; });
    if (!connects) { check_uris(config, report); }
    if (first == listen.end()) { return; }
    const SipTls& tls = config.sip.tls;
    if (tls.certificate.empty() && tls.key.empty()) {
        return report.error_at("sip.listen[" + std::to_string(first - listen.begin()) + "]",
                               "needs a certificate, expected sip.tls.certificate and sip.tls.key");
    }
    if (tls.certificate.empty() || tls.key.empty()) {
        const std::string missing = tls.key.empty() ? "key" : "certificate";
        return report.error_at("sip.tls." + missing, "is missing, expected certificate and key together");
    }
    check_files(tls, report);
}

}  // namespace config
