#include "server/b2bua/line_security.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace server {
namespace {

using sip::sdp::Crypto;
using sip::sdp::CryptoFlaw;
using sip::sdp::Media;

constexpr std::string_view plain_profile = "RTP/AVP";
constexpr std::string_view secure_profile = "RTP/SAVP";

bool is_plain(const Media& line) { return base::iequals(line.protocol, plain_profile); }

struct Offered {
    Crypto crypto;
    media::SrtpSuite suite;
};

// The first that names a suite of ours and a whole key of it (RFC 4568 §5.1.2: in the offerer's order).
std::optional<Offered> first_usable(const Media& line, const LineSecurity& security) {
    for (const auto& reading : sip::sdp::crypto_of(line)) {
        if (reading.flaw != CryptoFlaw::none) { continue; }
        const auto suite = media::srtp_suite_named(reading.crypto.suite);
        if (!suite || std::ranges::find(security.suites, *suite) == security.suites.end()) { continue; }
        if (media::SrtpKey::from_base64(*suite, reading.crypto.key)) { return Offered{reading.crypto, *suite}; }
    }
    return std::nullopt;
}

void add_key(Media& line, std::size_t index, std::uint32_t tag, media::SrtpSuite suite,
             const media::SrtpSecret& secret) {
    const auto key = media::SrtpKey::derive(suite, secret, std::to_string(index));
    Crypto crypto;
    crypto.tag = tag;
    crypto.suite = media::numbers_of(suite).name;
    crypto.key = key.to_base64();
    line.attributes.push_back(sip::sdp::to_attribute(crypto));
}

// The suite that was agreed, or those among which the peer chose: it may take another one for a new key that it is not
// prepared for in the middle of a call.
void repeat_keys(Media& line, const Media& before) {
    for (const auto& attribute : before.attributes) {
        if (attribute.name == "crypto") { line.attributes.push_back(attribute); }
    }
}

}  // namespace

bool is_secure(const Media& line) { return base::iequals(line.protocol, secure_profile); }

LineSecurity line_security(config::Srtp use, const std::vector<std::string>& suites) {
    LineSecurity security;
    security.use = use;
    for (const std::string& name : suites) {
        if (const auto suite = media::srtp_suite_named(name)) { security.suites.push_back(*suite); }
    }
    return security;
}

bool may_carry_audio(const DescribedLine& described, const LineSecurity& security) {
    if (security.webrtc) { return is_webrtc(described); }
    if (security.use == config::Srtp::dtls) { return may_have_association(described); }
    const Media& line = described.line;
    const bool keyed = security.use != config::Srtp::off && first_usable(line, security);
    if (is_secure(line)) { return keyed; }
    return is_plain(line) && (keyed || security.use != config::Srtp::required);
}

// Once agreed, a line stays what it is: a peer may take a change of profile for another stream (RFC 3264 §8.3).
void secure_offer(Media& line, std::size_t index, const Media* before, const LineSecurity& security,
                  const media::SrtpSecret& secret) {
    if (security.webrtc) { return webrtc_offer(line, index, before, *security.webrtc, security.dtls); }
    if (security.use == config::Srtp::dtls) { return dtls_offer(line, security.dtls); }
    const bool stays_secure = before != nullptr && is_secure(*before);
    const bool stays_plain = before != nullptr && is_plain(*before);
    const bool keyed_before = before != nullptr && before->attribute("crypto") != nullptr;
    const bool secure = stays_secure || (security.use == config::Srtp::required && !stays_plain);
    line.protocol = secure ? secure_profile : plain_profile;
    const bool wanted = security.use == config::Srtp::best_effort || security.use == config::Srtp::required;
    if (keyed_before) { return repeat_keys(line, *before); }
    if (!secure && !wanted) { return; }
    std::uint32_t tag = 1;
    for (const media::SrtpSuite suite : security.suites) { add_key(line, index, tag++, suite, secret); }
}

void secure_answer(Media& line, std::size_t index, const DescribedLine& offered, const LineSecurity& security,
                   const media::SrtpSecret& secret) {
    if (security.webrtc) { return webrtc_answer(line, offered, *security.webrtc, security.dtls); }
    if (security.use == config::Srtp::dtls) { return dtls_answer(line, security.dtls, offered); }
    line.protocol = offered.line.protocol;
    if (security.use == config::Srtp::off) { return; }
    if (const auto chosen = first_usable(offered.line, security)) {
        add_key(line, index, chosen->crypto.tag, chosen->suite, secret);
    }
}

std::optional<media::SrtpKeys> agreed_keys(const Media& ours, const Media& theirs) {
    for (const auto& own : sip::sdp::crypto_of(ours)) {
        for (const auto& other : sip::sdp::crypto_of(theirs)) {
            const bool usable = own.flaw == CryptoFlaw::none && other.flaw == CryptoFlaw::none;
            const auto suite = usable ? media::srtp_suite_named(own.crypto.suite) : std::nullopt;
            if (!suite || own.crypto.tag != other.crypto.tag || suite != media::srtp_suite_named(other.crypto.suite)) {
                continue;
            }
            auto key = media::SrtpKey::from_base64(*suite, own.crypto.key);
            auto their_key = media::SrtpKey::from_base64(*suite, other.crypto.key);
            if (key && their_key) { return media::SrtpKeys{*key, *their_key}; }
        }
    }
    return std::nullopt;
}

}  // namespace server
