// Keys and certificates in a description: a=crypto (RFC 4568), a=fingerprint (RFC 8122), a=setup (RFC 4145, RFC 5763),
// a=tls-id (RFC 8842). Read as values, and written. Leaves out: which suites there are, what a key looks like inside,
// keys with an MKI or more than one, and session parameters that change what is protected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/sdp/refusal.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {

inline constexpr std::size_t max_crypto_lines = 16;  // of a media line; what comes behind is not looked at
inline constexpr std::size_t max_fingerprints = 8;   // at one level
inline constexpr std::size_t max_key_text = 128;     // 46 bytes make 64 characters

struct Crypto {
    std::uint32_t tag = 0;
    std::string suite;                      // as written
    std::string key;                        // base64, behind "inline:"; a secret
    std::optional<std::uint64_t> lifetime;  // packets; the one whose key it is counts them
    friend bool operator==(const Crypto&, const Crypto&) = default;
};

// Why a line is passed over, as if its suite were unknown (RFC 4568 §5.1.2: the next one may do).
enum class CryptoFlaw : std::uint8_t {
    none,
    malformed,
    key_method,         // not "inline"
    several_keys,       // would need an MKI in each packet
    mki,                // §6.1: is in each packet, if it is said
    lifetime,           // §6.1: zero, or more than 2^48 packets: invalid
    session_parameter,  // §6.3: one that we do not do, and that is not marked as optional by "-"
    repeated_tag        // §4.1: unique within the media line
};
std::string_view to_text(CryptoFlaw flaw);

struct CryptoReading {
    CryptoFlaw flaw = CryptoFlaw::none;
    Crypto crypto;  // whole if the flaw is none
};
CryptoReading parse_crypto(std::string_view value);
// One reading for each a=crypto of the line, in its order, which is that of preference.
std::vector<CryptoReading> crypto_of(const Media& media);
Attribute to_attribute(const Crypto& crypto);

struct Fingerprint {
    std::string hash;  // "sha-256", in lower case
    std::vector<std::uint8_t> digest;
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};
// Those of the media line, else of the session (RFC 8122 §5). Hash functions that nobody may use any more (MD2, MD5) or
// that we do not know are left out. Refused: one that we know, with a digest that is none.
Result<std::vector<Fingerprint>> fingerprints_of(const Session& session, const Media& media);
Attribute to_attribute(const Fingerprint& fingerprint);

enum class Setup : std::uint8_t { active, passive, actpass, holdconn };
std::string_view to_text(Setup setup);
// The line's, else the session's. Nullopt: there is none, or no such word. RFC 4145 §4.1 means "active" in an offer
// without one, and "passive" in an answer.
std::optional<Setup> setup_of(const Session& session, const Media& media);
Attribute to_attribute(Setup setup);
// RFC 4145 §4.1: whether this answers that.
bool may_answer(Setup offer, Setup answer);

// RFC 8842 §5.3: 20 to 255 token characters.
std::optional<std::string> tls_id_of(const Session& session, const Media& media);

// What one side says about DTLS on a line.
struct DtlsDescription {
    std::vector<Fingerprint> fingerprints;
    std::optional<Setup> setup;
    std::optional<std::string> tls_id;
};
// RFC 8842 §4: whether the side that said `before` asks for a new association with `now`: another certificate, another
// tls-id, or a role other than the one it said. "actpass" leaves the role as it is.
bool asks_for_new_association(const DtlsDescription& before, const DtlsDescription& now);

}  // namespace sip::sdp
