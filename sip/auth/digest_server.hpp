// The server's side of Digest: challenges, and judging what comes back. RFC 3261 §22, RFC 7616 §3.3–3.4, RFC 8760 §2.3.
// Remembers nothing of a challenge; of answers only the nonce counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "sip/auth/digest.hpp"
#include "sip/auth/nonce.hpp"
#include "sip/auth/replay_ledger.hpp"
#include "sip/message/message.hpp"

namespace sip {

struct DigestServerConfig {
    std::string realm;
    base::Duration nonce_life = std::chrono::minutes{5};
    std::size_t replay_nonces = 20'000;
    // In the order of the challenges. MD5 first: what knows MD5 only often reads no further than the first line.
    std::vector<DigestAlgorithm> algorithms{DigestAlgorithm::md5, DigestAlgorithm::sha256, DigestAlgorithm::sha512_256};

    friend bool operator==(const DigestServerConfig&, const DigestServerConfig&) = default;
};

enum class DigestVerdict : std::uint8_t {
    accepted,
    wrong,       // password or user: challenge again, count the failure
    stale,       // right, but the nonce is too old or of before a restart: challenge with stale=true
    replayed,    // right, but its nonce count was used: challenge with stale=true
    wrong_uri,   // made for another Request-URI: 400 (RFC 7616 §3.4.6)
    unsupported  // an algorithm that was not offered, or a nonce count of 0: challenge again
};
std::string_view to_text(DigestVerdict verdict);  // a metric label

class DigestServer {
public:
    DigestServer(DigestServerConfig config, base::Random& random);

    const DigestServerConfig& config() const { return config_; }

    // The values for as many WWW-Authenticate (401) or Proxy-Authenticate (407) fields.
    std::vector<std::string> make_challenges(base::Instant now, bool stale);
    // The answer in `request` that is for our realm: `field` is authorization or proxy_authorization.
    std::optional<DigestAnswer> find_answer(const Message& request, HeaderId field) const;
    // `password`: that of answer.username, or nothing if there is no such user (as slow, always wrong).
    DigestVerdict verify(base::Instant now, const DigestAnswer& answer, std::string_view method,
                         std::string_view request_uri, std::optional<std::string_view> password);

private:
    DigestVerdict judge_nonce(base::Instant now, const DigestAnswer& answer);

    DigestServerConfig config_;
    NonceMint mint_;
    ReplayLedger ledger_;
    std::string opaque_;
};

}  // namespace sip
