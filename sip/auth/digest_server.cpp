#include "sip/auth/digest_server.hpp"

#include <algorithm>

#include "sip/message/uri.hpp"

namespace sip {
namespace {

bool same_uri(std::string_view a, std::string_view b) {
    if (a == b) { return true; }
    const auto left = Uri::parse(a);
    const auto right = Uri::parse(b);
    return left && right && equivalent(*left, *right);
}

}  // namespace

std::string_view to_text(DigestVerdict verdict) {
    switch (verdict) {
        case DigestVerdict::accepted:
            return "accepted";
        case DigestVerdict::wrong:
            return "wrong";
        case DigestVerdict::stale:
            return "stale";
        case DigestVerdict::replayed:
            return "replayed";
        case DigestVerdict::wrong_uri:
            return "wrong_uri";
        case DigestVerdict::unsupported:
            return "unsupported";
    }
    return "";
}

DigestServer::DigestServer(DigestServerConfig config, base::Random& random)
    : config_{std::move(config)},
      mint_{random, config_.realm},
      ledger_{config_.replay_nonces},
      opaque_{random.token(16)} {}

std::vector<std::string> DigestServer::make_challenges(base::Instant now, bool stale) {
    DigestChallenge challenge;
    challenge.realm = config_.realm;
    challenge.nonce = mint_.make(now);
    challenge.opaque = opaque_;
    challenge.qop_auth = true;
    challenge.stale = stale;
    std::vector<std::string> values;
    for (const DigestAlgorithm algorithm : config_.algorithms) {
        challenge.algorithm = algorithm;
        values.push_back(challenge.to_string());
    }
    return values;
}

std::optional<DigestAnswer> DigestServer::find_answer(const Message& request, HeaderId field) const {
    std::optional<DigestAnswer> ours;
    request.for_each(field, [&](std::string_view value) {
        if (ours) { return; }
        auto answer = DigestAnswer::parse(value);
        if (answer && answer->realm == config_.realm) { ours = std::move(answer); }
    });
    return ours;
}

DigestVerdict DigestServer::verify(base::Instant now, const DigestAnswer& answer, std::string_view method,
                                   std::string_view request_uri, std::optional<std::string_view> password) {
    const bool offered =
        std::find(config_.algorithms.begin(), config_.algorithms.end(), answer.algorithm) != config_.algorithms.end();
    if (!offered || answer.realm != config_.realm) { return DigestVerdict::unsupported; }
    if (answer.qop_auth && answer.nonce_count() == 0) { return DigestVerdict::unsupported; }
    const std::string ha1 =
        digest_ha1(answer.algorithm, answer.username, answer.realm, password.value_or("no such user"));
    const bool right = equal_secrets(digest_response(answer, method, ha1), answer.response);
    if (!right || !password) { return DigestVerdict::wrong; }
    if (!same_uri(answer.uri, request_uri)) { return DigestVerdict::wrong_uri; }
    return judge_nonce(now, answer);
}

// Last, so that only who knows the password can leave a trace in the ledger.
DigestVerdict DigestServer::judge_nonce(base::Instant now, const DigestAnswer& answer) {
    const auto nonce = mint_.read(answer.nonce);
    if (!nonce || now - nonce->issued >= config_.nonce_life) { return DigestVerdict::stale; }
    const auto count = answer.qop_auth ? std::optional{answer.nonce_count()} : std::nullopt;
    switch (ledger_.note(*nonce, count)) {
        case ReplayLedger::Use::first:
            return DigestVerdict::accepted;
        case ReplayLedger::Use::repeated:
            return DigestVerdict::replayed;
        case ReplayLedger::Use::forgotten:
            return DigestVerdict::stale;
    }
    return DigestVerdict::stale;
}

}  // namespace sip
