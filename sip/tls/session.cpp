#include "sip/tls/session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

#include "base/ip.hpp"
#include "sip/tls/identity.hpp"

namespace sip {

void TlsSession::Release::operator()(SSL* session) const noexcept { SSL_free(session); }

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, std::string_view domain, SSL* session)
    : context_{std::move(context)}, domain_{domain}, session_{session} {}

std::optional<TlsSession> TlsSession::make(std::shared_ptr<const TlsContext> context, std::string_view domain) {
    SSL* const session = SSL_new(context->get());
    TlsSession made{std::move(context), domain, session};
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    if (session == nullptr || in == nullptr || out == nullptr) {
        BIO_free(in);
        BIO_free(out);
        return std::nullopt;
    }
    BIO_set_mem_eof_return(in, -1);  // empty means "later", not "the end"
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(session, in, out);
    if (made.context_->role() == TlsContext::Role::server) {
        SSL_set_accept_state(session);
        return made;
    }
    SSL_set_connect_state(session);
    // RFC 6066 §3: names only, no addresses.
    const bool is_name = !made.domain_.empty() && !base::IpAddress::parse(made.domain_);
    if (is_name && SSL_set_tlsext_host_name(session, made.domain_.c_str()) != 1) { return std::nullopt; }
    made.advance();
    return made;
}

TlsSession::State TlsSession::receive(std::string_view wire, std::string& plain) {
    if (state_ == State::closed || state_ == State::failed) { return state_; }
    if (state_ == State::handshake) {
        handshake_input_ += wire.size();
        if (handshake_input_ > max_handshake_input) { return fail(Fault::handshake, "a handshake of too many bytes"); }
    }
    ERR_clear_error();
    BIO_write(SSL_get_rbio(session_.get()), wire.data(), static_cast<int>(wire.size()));
    if (advance() != State::open) { return state_; }
    std::array<char, 16 * 1024> record;
    for (;;) {
        ERR_clear_error();
        const int size = SSL_read(session_.get(), record.data(), static_cast<int>(record.size()));
        if (size <= 0) {
            const int error = SSL_get_error(session_.get(), size);
            if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) { return state_; }
            if (error == SSL_ERROR_ZERO_RETURN) { return state_ = State::closed; }
            return fail_with_reason();
        }
        plain.append(record.data(), static_cast<std::size_t>(size));
    }
}

TlsSession::State TlsSession::send(std::string_view plain) {
    if (state_ == State::closed || state_ == State::failed) { return state_; }
    waiting_.append(plain);
    return state_ == State::open ? write_waiting() : state_;
}

void TlsSession::close() {
    if (state_ == State::open || state_ == State::closed) {
        ERR_clear_error();
        SSL_shutdown(session_.get());
    }
    if (state_ != State::failed) { state_ = State::closed; }
}

std::string TlsSession::take_output() {
    BIO* const out = SSL_get_wbio(session_.get());
    std::string wire(BIO_ctrl_pending(out), '\0');
    if (!wire.empty()) { BIO_read(out, wire.data(), static_cast<int>(wire.size())); }
    return wire;
}

std::vector<std::string> TlsSession::identities() const {
    const X509* const certificate = SSL_get0_peer_certificate(session_.get());
    const bool verified = state_ == State::open && context_->verifies() && certificate != nullptr;
    return verified ? identities_of(*certificate) : std::vector<std::string>{};
}

// The handshake, as far as it goes.
TlsSession::State TlsSession::advance() {
    if (state_ != State::handshake) { return state_; }
    ERR_clear_error();
    const int done = SSL_do_handshake(session_.get());
    if (done == 1) { return on_handshake_done(); }
    const int error = SSL_get_error(session_.get(), done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) { return state_; }
    return fail_with_reason();
}

// A certificate that is good, but of somebody else, is no good (RFC 5922 §7.3).
TlsSession::State TlsSession::on_handshake_done() {
    state_ = State::open;
    const bool judged = context_->role() == TlsContext::Role::client && context_->verifies() && !domain_.empty();
    const X509* const certificate = SSL_get0_peer_certificate(session_.get());
    if (judged && (certificate == nullptr || !speaks_for(*certificate, domain_))) {
        return fail(Fault::certificate, "the certificate is not of " + domain_);
    }
    return write_waiting();
}

TlsSession::State TlsSession::write_waiting() {
    std::string_view rest = waiting_;
    while (!rest.empty()) {
        ERR_clear_error();
        const int size = SSL_write(session_.get(), rest.data(), static_cast<int>(rest.size()));
        if (size <= 0) { return fail_with_reason(); }  // the buffer of the wire takes all
        rest.remove_prefix(static_cast<std::size_t>(size));
    }
    waiting_.clear();
    return state_;
}

TlsSession::State TlsSession::fail(Fault fault, std::string why) {
    fault_ = fault;
    why_ = std::move(why);
    waiting_.clear();
    return state_ = State::failed;
}

TlsSession::State TlsSession::fail_with_reason() {
    const long verdict = SSL_get_verify_result(session_.get());
    const unsigned long error = ERR_peek_error();
    const char* const text = ERR_reason_error_string(error);
    ERR_clear_error();
    if (state_ == State::handshake && verdict != X509_V_OK) {
        return fail(Fault::certificate, std::string{"the certificate: "} + X509_verify_cert_error_string(verdict));
    }
    const bool none = ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
    const Fault fault = state_ == State::open ? Fault::record : none ? Fault::certificate : Fault::handshake;
    return fail(fault, text == nullptr ? "the connection ended in the middle" : text);
}

}  // namespace sip
