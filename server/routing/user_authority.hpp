// Who a request proves to be: digest against the users of the configuration (RFC 3261 §22). In the order of the rules
// of security: first the cheap question whether its source failed too often, then the proof. A name that is not there
// gets the same answers, in the same time, as a wrong password.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/ip.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "server/routing/refusal.hpp"
#include "server/routing/source_limit.hpp"
#include "sip/auth/digest_server.hpp"
#include "sip/message/message.hpp"

namespace server {

class UserAuthority {
public:
    // Who asks: a registrar or user agent server with 401, a proxy with 407.
    enum class Challenge : std::uint8_t { www, proxy };

    UserAuthority(sip::DigestServerConfig digest, SourceLimit::Settings limit, base::Random& random)
        : random_{random}, digest_{std::in_place, std::move(digest), random}, failures_{limit} {}

    // Of a reload. Where it is another one, nonces of before are stale; who failed too often stays known.
    void set_digest(sip::DigestServerConfig digest);
    void set_users(std::map<std::string, config::User> users) { users_ = std::move(users); }
    // The name that was proved, or how to refuse: a challenge, 400 for credentials of another URI, or 503 with
    // Retry-After for a source that failed too often.
    std::variant<std::string, Refusal> prove(base::Instant now, const sip::Message& request,
                                             const base::IpAddress& source, Challenge challenge);
    // By reason: the verdicts of the digest, and `throttled`.
    const std::map<std::string, std::uint64_t, std::less<>>& failures() const { return counts_; }

private:
    Refusal challenge(base::Instant now, const sip::Message& request, Challenge challenge, bool stale);
    std::optional<Refusal> throttle(base::Instant now, const base::IpAddress& source);
    void count(std::string_view reason) { ++counts_.try_emplace(std::string{reason}).first->second; }

    base::Random& random_;
    std::optional<sip::DigestServer> digest_;  // always one
    // A success gives nothing back: whoever has one good account could otherwise go on guessing others.
    SourceLimit failures_;
    std::map<std::string, config::User> users_;
    std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace server
