#include "server/routing/user_authority.hpp"

#include <algorithm>

#include "sip/message/via.hpp"

namespace server {
namespace {

// RFC 8760 §2.3 has the client take the topmost challenge that it knows; SIP.js and JsSIP keep the last one, and know
// MD5 alone.
bool takes_last_challenge(const sip::Message& request) {
    const auto field = request.first(sip::HeaderId::via);
    const auto via = field ? sip::Via::parse(*field) : std::nullopt;
    return via && via->transport.starts_with("WS");
}

std::string whole_seconds(base::Duration time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

}  // namespace

void UserAuthority::set_digest(sip::DigestServerConfig digest) {
    if (digest != digest_->config()) { digest_.emplace(std::move(digest), random_); }
}

std::variant<std::string, Refusal> UserAuthority::prove(base::Instant now, const sip::Message& request,
                                                        const base::IpAddress& source, Challenge kind) {
    const auto field = kind == Challenge::www ? sip::HeaderId::authorization : sip::HeaderId::proxy_authorization;
    const auto answer = digest_->find_answer(request, field);
    if (!answer) { return challenge(now, request, kind, false); }
    if (auto refusal = throttle(now, source)) { return *refusal; }
    const auto user = users_.find(answer->username);
    const auto password = user == users_.end() ? std::nullopt : std::optional<std::string_view>{user->second.password};
    const sip::DigestVerdict verdict =
        digest_->verify(now, *answer, request.method_text(), request.request_uri(), password);
    if (verdict == sip::DigestVerdict::accepted) { return user->first; }
    count(to_text(verdict));
    switch (verdict) {
        case sip::DigestVerdict::stale:
        case sip::DigestVerdict::replayed:
            return challenge(now, request, kind, true);
        case sip::DigestVerdict::wrong_uri:
            return Refusal{400, "credentials for another URI (RFC 7616 3.4.6)"};
        default:
            failures_.spend(now, source);
            return challenge(now, request, kind, false);
    }
}

std::optional<Refusal> UserAuthority::throttle(base::Instant now, const base::IpAddress& source) {
    const base::Duration blocked = failures_.blocked_for(now, source);
    if (blocked == base::Duration{}) { return std::nullopt; }
    count("throttled");
    return Refusal{503, "too many failures of this source", {{"Retry-After", whole_seconds(blocked)}}};
}

Refusal UserAuthority::challenge(base::Instant now, const sip::Message& request, Challenge kind, bool stale) {
    const bool is_www = kind == Challenge::www;
    Refusal refusal{is_www ? 401 : 407};
    auto challenges = digest_->make_challenges(now, stale);
    if (takes_last_challenge(request)) { std::ranges::reverse(challenges); }
    for (std::string& value : challenges) {
        refusal.fields.emplace_back(is_www ? "WWW-Authenticate" : "Proxy-Authenticate", std::move(value));
    }
    return refusal;
}

}  // namespace server
