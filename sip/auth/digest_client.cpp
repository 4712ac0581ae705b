#include "sip/auth/digest_client.hpp"

#include <cstdio>
#include <vector>

namespace sip {
namespace {

// As it goes between quotes (RFC 3261 §25.1); the escaped form is what is hashed, by us and by the peer.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '"' || c == '\\') { result += '\\'; }
        result += c;
    }
    return result;
}

std::string nonce_count_text(std::uint32_t count) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", count);
    return digits;
}

std::optional<DigestChallenge> strongest(const Message& response, HeaderId field, std::string_view realm) {
    std::optional<DigestChallenge> best;
    response.for_each(field, [&](std::string_view value) {
        auto challenge = DigestChallenge::parse(value);
        if (!challenge || (!realm.empty() && challenge->realm != realm)) { return; }
        if (!best || challenge->algorithm > best->algorithm) { best = std::move(challenge); }
    });
    return best;
}

}  // namespace

DigestClient::DigestClient(std::string username, std::string password, std::string realm)
    : username_{escaped(username)}, password_{std::move(password)}, realm_{std::move(realm)} {}

bool DigestClient::on_challenge(const Message& response) {
    const bool by_proxy = response.status() == 407;
    auto challenge = strongest(response, by_proxy ? HeaderId::proxy_authenticate : HeaderId::www_authenticate, realm_);
    if (!challenge) { return false; }
    if (answered_) { ++refused_; }
    const unsigned patience = challenge->stale || proved_ ? 1 : 0;
    if (refused_ > patience) { return false; }
    field_ = by_proxy ? HeaderId::proxy_authorization : HeaderId::authorization;
    challenge_ = std::move(challenge);
    ha1_ = digest_ha1(challenge_->algorithm, username_, challenge_->realm, password_);
    uses_ = 0;
    answered_ = false;
    return !ha1_.empty();
}

void DigestClient::on_accepted() {
    if (answered_ && !proved_) { realm_ = challenge_->realm; }
    proved_ = proved_ || answered_;
    refused_ = 0;
}

void DigestClient::authorize(Message& request, std::string_view cnonce) {
    if (!challenge_) { return; }
    DigestAnswer answer;
    answer.algorithm = challenge_->algorithm;
    answer.username = username_;
    answer.realm = challenge_->realm;
    answer.nonce = challenge_->nonce;
    answer.opaque = challenge_->opaque;
    answer.uri = std::string{request.request_uri()};
    answer.qop_auth = challenge_->qop_auth;
    if (answer.qop_auth) {
        answer.nc = nonce_count_text(++uses_);
        answer.cnonce = std::string{cnonce};
    }
    answer.response = digest_response(answer, request.method_text(), ha1_);
    std::vector<std::string> others;
    request.for_each(field_, [&](std::string_view value) {
        const auto old = DigestAnswer::parse(value);
        if (old && old->realm != answer.realm) { others.emplace_back(value); }
    });
    request.remove(field_);
    for (const std::string& other : others) { request.add(field_, other); }
    request.add(field_, answer.to_string());
    answered_ = true;
}

}  // namespace sip
