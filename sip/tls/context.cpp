#include "sip/tls/context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace sip {
namespace {

// Forward secrecy and authenticated encryption only (RFC 9325 §4.2); the suites of TLS 1.3 all are so.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

std::string reason() {
    const char* const text = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return text == nullptr ? "the library refuses" : text;
}

// The library would ask whoever sits at the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

// Empty: done.
std::string load_own(SSL_CTX* context, const TlsSettings& settings) {
    if (settings.certificate.empty()) { return {}; }
    if (SSL_CTX_use_certificate_chain_file(context, settings.certificate.c_str()) != 1) {
        return settings.certificate + ": " + reason();
    }
    SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
    if (SSL_CTX_use_PrivateKey_file(context, settings.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return settings.key + ": " + reason();
    }
    return {};
}

std::string load_trusted(SSL_CTX* context, const TlsSettings& settings) {
    if (settings.trusted.empty()) {
        return SSL_CTX_set_default_verify_paths(context) == 1 ? std::string{} : "authorities: " + reason();
    }
    if (SSL_CTX_load_verify_locations(context, settings.trusted.c_str(), nullptr) == 1) { return {}; }
    return settings.trusted + ": " + reason();
}

}  // namespace

void TlsContext::Release::operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }

std::shared_ptr<const TlsContext> TlsContext::make(Role role, const TlsSettings& settings, std::string& why) {
    constexpr long largest_chain = 64 * 1024;
    ERR_clear_error();
    const bool serves = role == Role::server;
    std::shared_ptr<TlsContext> made{
        new TlsContext{role, settings.verifies, SSL_CTX_new(serves ? TLS_server_method() : TLS_client_method())}};
    SSL_CTX* const context = made->get();
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, ciphers) != 1) {
        why = "TLS: " + reason();
        return nullptr;
    }
    why = serves && settings.certificate.empty() ? "a TLS server needs a certificate" : load_own(context, settings);
    if (why.empty() && settings.verifies) { why = load_trusted(context, settings); }
    if (!why.empty()) { return nullptr; }
    SSL_CTX_set_verify(context, settings.verifies ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE,
                       nullptr);
    // Nothing is taken up again: SIP's connections last, and each certificate is looked at when its connection begins.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_options(
        context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_max_cert_list(context, largest_chain);
    return made;
}

}  // namespace sip
