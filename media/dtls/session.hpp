// One DTLS-SRTP association (RFC 5763, RFC 5764; DTLS 1.2 of RFC 6347) over OpenSSL with memory for a network: it is
// handed datagrams and returns datagrams. Keys come out once the peer's certificate is the one of its description.
// Leaves out: which sources may speak (ICE knows), data, renegotiation. OpenSSL reads the clock for when to repeat a
// flight; when to look is said by next_timeout().
#pragma once

#include <openssl/types.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "media/dtls/certificate.hpp"
#include "media/dtls/parameters.hpp"
#include "media/srtp/keys.hpp"

namespace media {

// What all sessions of a program share. Throws std::runtime_error: the library refuses.
class DtlsContext {
public:
    explicit DtlsContext(const Certificate& certificate);
    SSL_CTX* get() const { return context_.get(); }
    const CertificateFingerprint& fingerprint() const { return fingerprint_; }  // that descriptions are to say

private:
    struct Release {
        void operator()(SSL_CTX* context) const noexcept;
    };
    std::unique_ptr<SSL_CTX, Release> context_;
    CertificateFingerprint fingerprint_;
};

enum class DtlsFailure : std::uint8_t {
    none,
    protocol,     // the peer's or our library refuses
    no_profile,   // none of our SRTP suites
    fingerprint,  // another certificate than the description says (RFC 8122 §6.2)
    time,         // no end within DtlsSession::handshake_limit
    too_much      // more input than a handshake may have
};
inline constexpr std::size_t dtls_failure_count = 6;

// Of a handshake, how it ended: a label of holdfast_dtls_handshakes_total.
constexpr std::string_view outcome(DtlsFailure failure) {
    constexpr std::array<std::string_view, dtls_failure_count> outcomes{"completed",   "protocol", "profile",
                                                                        "fingerprint", "timeout",  "too_much"};
    return outcomes[static_cast<std::size_t>(failure)];
}

using DtlsOutcomes = std::array<std::uint64_t, dtls_failure_count>;

class DtlsSession {
public:
    static constexpr std::size_t mtu = 1200;                   // of each datagram that we send
    static constexpr std::size_t max_datagram = 2048;          // longer ones are not looked at
    static constexpr std::size_t max_handshake_input = 65536;  // bytes of all datagrams before the end of the handshake
    static constexpr base::Duration handshake_limit = std::chrono::seconds{30};

    enum class State : std::uint8_t {
        handshake,
        unverified,  // done, but the peer's description is not there yet
        connected,
        closed,  // by the peer, or by us
        failed
    };
    using Datagrams = std::vector<std::vector<std::byte>>;
    struct Keys {
        SrtpKey send;
        SrtpKey receive;
    };

    // Nullopt: the library refuses.
    static std::optional<DtlsSession> make(base::Instant now, const DtlsContext& context, DtlsRole role);

    // What the peer's description says; empty: not known yet. Any one that fits is enough (RFC 8122 §5).
    void expect(base::Instant now, std::vector<CertificateFingerprint> fingerprints, Datagrams& out);

    void start(base::Instant now, Datagrams& out);  // the client speaks first
    void on_datagram(base::Instant now, std::span<const std::byte> datagram, Datagrams& out);
    void on_timeout(base::Instant now, Datagrams& out);
    void close(Datagrams& out);
    base::Instant next_timeout() const noexcept { return due_; }

    State state() const noexcept { return state_; }
    DtlsFailure failure() const noexcept { return failure_; }
    // While connected.
    const std::optional<Keys>& keys() const noexcept { return keys_; }

private:
    struct Release {
        void operator()(SSL* session) const noexcept;
    };
    DtlsSession(base::Instant now, DtlsRole role, SSL* session);

    bool is_over() const noexcept { return state_ == State::closed || state_ == State::failed; }
    void advance(base::Instant now, Datagrams& out);
    void read_on();
    void on_handshake_done();
    void verify();
    void fail(DtlsFailure failure);
    bool fits_expectation() const;
    std::optional<Keys> export_keys() const;
    void take_output(Datagrams& out);
    void look_at_timer(base::Instant now);

    std::unique_ptr<SSL, Release> session_;
    DtlsRole role_;
    State state_ = State::handshake;
    DtlsFailure failure_ = DtlsFailure::none;
    base::Instant give_up_at_;
    base::Instant due_;
    std::size_t handshake_input_ = 0;
    std::vector<CertificateFingerprint> expected_;
    std::optional<Keys> keys_;
};

}  // namespace media
