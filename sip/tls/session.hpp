// TLS of one connection, between the bytes of the wire and those of SIP: it is handed what was read and what is to be
// sent, and returns what was meant and what to write. No socket, no clock: who owns the connection ends a handshake
// that does not.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/tls/context.hpp"

namespace sip {

class TlsSession {
public:
    static constexpr std::size_t max_handshake_input = 128 * 1024;  // bytes from the wire before it is done

    enum class State : std::uint8_t { handshake, open, closed, failed };
    enum class Fault : std::uint8_t { none, handshake, certificate, record };  // what failed

    // `domain`: of a client, whom the certificate has to speak for (RFC 5922 §7.2), also said to the server (SNI).
    // Nullopt: the library refuses.
    static std::optional<TlsSession> make(std::shared_ptr<const TlsContext> context, std::string_view domain = {});

    // What was read from the wire; what it means is appended to `plain`.
    State receive(std::string_view wire, std::string& plain);
    // Kept until the handshake is done.
    State send(std::string_view plain);
    // Our close_notify, if there is somebody to hear it, its answer if the peer closed first.
    void close();
    // What is to be written to the wire by now; once.
    std::string take_output();

    State state() const { return state_; }
    Fault fault() const { return fault_; }
    // What went wrong, for people: "the certificate: certificate has expired", "the certificate is not of example.com".
    const std::string& why() const { return why_; }
    // Of the peer, where it was verified: whom its certificate speaks for, first of them first.
    std::vector<std::string> identities() const;

private:
    struct Release {
        void operator()(SSL* session) const noexcept;
    };
    TlsSession(std::shared_ptr<const TlsContext> context, std::string_view domain, SSL* session);

    State fail(Fault fault, std::string why);
    State fail_with_reason();
    State advance();
    State on_handshake_done();
    State write_waiting();

    std::shared_ptr<const TlsContext> context_;
    std::string domain_;
    std::unique_ptr<SSL, Release> session_;
    State state_ = State::handshake;
    Fault fault_ = Fault::none;
    std::string why_;
    std::string waiting_;  // to be sent when the handshake is done
    std::size_t handshake_input_ = 0;
};

}  // namespace sip
