#include "server/serve_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace server {

namespace {

std::shared_ptr<const sip::TlsContext> make(sip::TlsContext::Role role, const sip::TlsSettings& settings) {
    std::string why;
    auto made = sip::TlsContext::make(role, settings, why);
    if (!made) { throw std::runtime_error{"sip.tls: " + why}; }
    return made;
}

}  // namespace

sip::TlsContexts load_tls(const config::Config& config) {
    const auto secure = [](const config::Listener& listener) { return listener.is_secure(); };
    if (std::ranges::none_of(config.sip.listen, secure)) { return {}; }
    const config::SipTls& tls = config.sip.tls;
    using Role = sip::TlsContext::Role;
    return {make(Role::server, {tls.certificate, tls.key, tls.client_ca, !tls.client_ca.empty()}),
            make(Role::client, {tls.certificate, tls.key, tls.ca, tls.verify_peer})};
}

std::map<std::string, double> certificate_ends(const sip::TlsContexts& tls) {
    if (!tls.server) { return {}; }
    const X509* const certificate = SSL_CTX_get0_certificate(tls.server->get());
    std::tm end{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) { return {}; }
    return {{"sip.tls", static_cast<double>(timegm(&end))}};
}

}  // namespace server
