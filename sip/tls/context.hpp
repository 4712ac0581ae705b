// What TLS connections in one direction share (RFC 8446, RFC 5246): our certificate and key, and whom we believe. It
// never changes: files that are read anew make another one, and connections that are up keep theirs.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sip {

struct TlsSettings {
    std::string certificate;  // PEM file: ours, then its chain; empty: none, which only a client may have
    std::string key;          // PEM file of its private key
    std::string trusted;      // PEM file of authorities; empty: those of the system
    bool verifies = true;     // a server: its clients must show a certificate; a client: looks at the server's
};

class TlsContext {
public:
    enum class Role : std::uint8_t { server, client };

    // Nullptr: `why` names the file and says what is wrong with it.
    static std::shared_ptr<const TlsContext> make(Role role, const TlsSettings& settings, std::string& why);

    Role role() const { return role_; }
    bool verifies() const { return verifies_; }
    SSL_CTX* get() const { return context_.get(); }

private:
    struct Release {
        void operator()(SSL_CTX* context) const noexcept;
    };
    TlsContext(Role role, bool verifies, SSL_CTX* context) : role_{role}, verifies_{verifies}, context_{context} {}

    Role role_;
    bool verifies_;
    std::unique_ptr<SSL_CTX, Release> context_;
};

// Of one server: for those who connect to it, and for those whom it connects to. Null: there are none.
struct TlsContexts {
    std::shared_ptr<const TlsContext> server;
    std::shared_ptr<const TlsContext> client;
};

}  // namespace sip
