#include "media/dtls/session.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/bytes.hpp"

namespace media {
namespace {

constexpr std::size_t record_header_size = 13;                  // RFC 6347 §4.1; the length is in its last two bytes
constexpr std::string_view srtp_label = "EXTRACTOR-dtls_srtp";  // RFC 5764 §4.2
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

void require(bool done, const char* what) {
    if (!done) { throw std::runtime_error{std::string{"DTLS: "} + what}; }
}

std::string profiles() {
    std::string names;
    for (const SrtpSuite suite : all_srtp_suites) {
        const auto name = numbers_of(suite).dtls_profile;
        if (!name.empty()) { names.append(names.empty() ? "" : ":").append(name); }
    }
    return names;
}

// Self-signed certificates prove nothing by themselves: what counts is the fingerprint, looked at when all is done.
int accept_any(int, X509_STORE_CTX*) { return 1; }

// Media waits for this: the first repetition after 100 ms (RFC 6347 §4.2.4.1 allows less than 1 s), then doubled.
unsigned repeat_after(SSL*, unsigned before_us) {
    constexpr unsigned first_us = 100'000;
    constexpr unsigned longest_us = 2'000'000;
    return before_us == 0 ? first_us : std::min(2 * before_us, longest_us);
}

std::span<const std::byte> next_record(std::span<const std::byte> bytes) {
    if (bytes.size() < record_header_size) { return bytes; }
    const std::size_t size = record_header_size + base::read_u16(bytes, record_header_size - 2);
    return bytes.first(std::min(size, bytes.size()));
}

}  // namespace

void DtlsContext::Release::operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }

DtlsContext::DtlsContext(const Certificate& certificate)
    : context_{SSL_CTX_new(DTLS_method())}, fingerprint_{certificate.fingerprint()} {
    constexpr long largest_chain = 16 * 1024;
    SSL_CTX* const context = context_.get();
    require(context != nullptr, "context");
    require(SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1, "version");
    require(SSL_CTX_set_cipher_list(context, ciphers) == 1, "ciphers");
    require(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1, "groups");
    require(SSL_CTX_use_certificate(context, certificate.x509()) == 1, "certificate");
    require(SSL_CTX_use_PrivateKey(context, certificate.key()) == 1, "key");
    require(SSL_CTX_set_tlsext_use_srtp(context, profiles().c_str()) == 0, "SRTP profiles");  // 0 is success here
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_max_cert_list(context, largest_chain);
}

void DtlsSession::Release::operator()(SSL* session) const noexcept { SSL_free(session); }

DtlsSession::DtlsSession(base::Instant now, DtlsRole role, SSL* session)
    : session_{session}, role_{role}, give_up_at_{now + handshake_limit}, due_{give_up_at_} {}

std::optional<DtlsSession> DtlsSession::make(base::Instant now, const DtlsContext& context, DtlsRole role) {
    DtlsSession made{now, role, SSL_new(context.get())};
    SSL* const session = made.session_.get();
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
    SSL_set_mtu(session, static_cast<long>(mtu));
    DTLS_set_timer_cb(session, repeat_after);
    if (role == DtlsRole::server) {
        SSL_set_accept_state(session);
    } else {
        SSL_set_connect_state(session);
    }
    return made;
}

void DtlsSession::expect(base::Instant now, std::vector<CertificateFingerprint> fingerprints, Datagrams& out) {
    expected_ = std::move(fingerprints);
    if (state_ == State::unverified) { verify(); }
    take_output(out);
    look_at_timer(now);
}

void DtlsSession::start(base::Instant now, Datagrams& out) {
    if (role_ == DtlsRole::client && state_ == State::handshake) { advance(now, out); }
}

void DtlsSession::on_datagram(base::Instant now, std::span<const std::byte> datagram, Datagrams& out) {
    if (is_over() || datagram.empty() || datagram.size() > max_datagram) { return; }
    if (state_ == State::handshake) {
        handshake_input_ += datagram.size();
        if (handshake_input_ > max_handshake_input) { fail(DtlsFailure::too_much); }
    }
    if (is_over()) { return look_at_timer(now); }
    BIO* const in = SSL_get_rbio(session_.get());
    BIO_write(in, datagram.data(), static_cast<int>(datagram.size()));
    advance(now, out);
    BIO_reset(in);  // what is left of it is not the start of the next one
}

void DtlsSession::on_timeout(base::Instant now, Datagrams& out) {
    if (is_over()) { return; }
    ERR_clear_error();
    if (now >= give_up_at_ && state_ != State::connected) { fail(DtlsFailure::time); }
    if (state_ == State::handshake && DTLSv1_handle_timeout(session_.get()) < 0) { fail(DtlsFailure::time); }
    take_output(out);
    look_at_timer(now);
}

void DtlsSession::close(Datagrams& out) {
    if (is_over()) { return; }
    ERR_clear_error();
    if (state_ != State::handshake) { SSL_shutdown(session_.get()); }
    take_output(out);
    state_ = State::closed;
    keys_.reset();
    due_ = base::never;
}

void DtlsSession::advance(base::Instant now, Datagrams& out) {
    ERR_clear_error();
    if (state_ == State::handshake) {
        const int result = SSL_do_handshake(session_.get());
        if (result == 1) {
            on_handshake_done();
        } else if (SSL_get_error(session_.get(), result) != SSL_ERROR_WANT_READ) {
            fail(DtlsFailure::protocol);
        }
    }
    // Whatever else is in the datagram that ends the handshake is read at once.
    if (state_ != State::handshake && !is_over()) { read_on(); }
    take_output(out);
    look_at_timer(now);
}

// Behind the handshake: a peer that missed our last flight asks for it again, and close_notify. Data is passed over.
void DtlsSession::read_on() {
    std::array<std::byte, max_datagram> data;
    int result = 1;
    while (result > 0) { result = SSL_read(session_.get(), data.data(), static_cast<int>(data.size())); }
    const int error = SSL_get_error(session_.get(), result);
    if (error == SSL_ERROR_WANT_READ) { return; }
    if (error != SSL_ERROR_ZERO_RETURN) { return fail(DtlsFailure::protocol); }
    state_ = State::closed;
    keys_.reset();
}

void DtlsSession::on_handshake_done() {
    if (SSL_get_selected_srtp_profile(session_.get()) == nullptr) { return fail(DtlsFailure::no_profile); }
    state_ = State::unverified;
    if (!expected_.empty()) { verify(); }
}

// RFC 8122 §6.2: not one key is used before the certificate is known to be the one that the description names.
void DtlsSession::verify() {
    if (expected_.empty()) { return; }
    if (!fits_expectation()) { return fail(DtlsFailure::fingerprint); }
    keys_ = export_keys();
    if (!keys_) { return fail(DtlsFailure::protocol); }
    state_ = State::connected;
}

void DtlsSession::fail(DtlsFailure failure) {
    if (state_ == State::unverified) { SSL_shutdown(session_.get()); }
    state_ = State::failed;
    failure_ = failure;
    keys_.reset();
}

bool DtlsSession::fits_expectation() const {
    const X509* const certificate = SSL_get0_peer_certificate(session_.get());
    if (certificate == nullptr) { return false; }
    return std::ranges::any_of(expected_, [&](const CertificateFingerprint& wanted) {
        return !wanted.digest.empty() && digest_of(*certificate, wanted.hash) == wanted.digest;
    });
}

// RFC 5764 §4.2: the client's key, the server's key, the client's salt, the server's salt.
std::optional<DtlsSession::Keys> DtlsSession::export_keys() const {
    const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(session_.get());
    const auto suite = profile != nullptr ? srtp_suite_of_profile(profile->name) : std::nullopt;
    if (!suite) { return std::nullopt; }
    const auto [key_size, salt_size] = std::pair{numbers_of(*suite).key_size, numbers_of(*suite).salt_size};
    std::array<std::byte, 2 * SrtpKey::max_size> material{};
    const bool done = SSL_export_keying_material(session_.get(), reinterpret_cast<unsigned char*>(material.data()),
                                                 2 * (key_size + salt_size), srtp_label.data(), srtp_label.size(),
                                                 nullptr, 0, 0) == 1;
    const auto one = [&, key_size = key_size, salt_size = salt_size](std::size_t index) {
        std::array<std::byte, SrtpKey::max_size> bytes{};
        std::copy_n(material.begin() + static_cast<std::ptrdiff_t>(index * key_size), key_size, bytes.begin());
        std::copy_n(material.begin() + static_cast<std::ptrdiff_t>(2 * key_size + index * salt_size), salt_size,
                    bytes.begin() + static_cast<std::ptrdiff_t>(key_size));
        auto key = SrtpKey::from_bytes(*suite, std::span{bytes}.first(key_size + salt_size));
        OPENSSL_cleanse(bytes.data(), bytes.size());
        return key;
    };
    const auto of_client = one(0);
    const auto of_server = one(1);
    OPENSSL_cleanse(material.data(), material.size());
    if (!done || !of_client || !of_server) { return std::nullopt; }
    return role_ == DtlsRole::client ? Keys{*of_client, *of_server} : Keys{*of_server, *of_client};
}

// The memory runs the records together: they are cut apart, and as many go into a datagram as fit.
void DtlsSession::take_output(Datagrams& out) {
    char* memory = nullptr;
    BIO* const bio = SSL_get_wbio(session_.get());
    const long size = BIO_get_mem_data(bio, &memory);
    if (size <= 0) { return; }
    std::span<const std::byte> rest{reinterpret_cast<const std::byte*>(memory), static_cast<std::size_t>(size)};
    std::vector<std::byte> datagram;
    while (!rest.empty()) {
        const auto record = next_record(rest);
        if (!datagram.empty() && datagram.size() + record.size() > mtu) { out.push_back(std::exchange(datagram, {})); }
        datagram.insert(datagram.end(), record.begin(), record.end());
        rest = rest.subspan(record.size());
    }
    out.push_back(std::move(datagram));
    BIO_reset(bio);
}

void DtlsSession::look_at_timer(base::Instant now) {
    due_ = base::never;
    if (state_ != State::handshake && state_ != State::unverified) { return; }
    due_ = give_up_at_;
    timeval left{};
    if (state_ == State::handshake && DTLSv1_get_timeout(session_.get(), &left) == 1) {
        due_ = std::min(due_, now + std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec});
    }
}

}  // namespace media
