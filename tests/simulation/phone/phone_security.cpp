// The phone's SRTP: under the keys of the pair of descriptions that it believes in.
#include "tests/simulation/phone/phone.hpp"

namespace simulation {
namespace {

std::optional<media::SrtpKey> key_in(const sip::sdp::Crypto& crypto) {
    const auto suite = media::srtp_suite_named(crypto.suite);
    return suite ? media::SrtpKey::from_base64(*suite, crypto.key) : std::nullopt;
}

// Its own and the other side's.
std::optional<media::SrtpKeys> keys_of(const Belief& belief) {
    if (!belief.local || !belief.remote) { return std::nullopt; }
    for (const auto& own : belief.local->keys) {
        for (const auto& other : belief.remote->keys) {
            if (own.tag != other.tag || own.suite != other.suite) { continue; }
            const auto key = key_in(own);
            const auto their_key = key_in(other);
            if (key && their_key) { return media::SrtpKeys{*key, *their_key}; }
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<sip::sdp::Crypto> PhoneSecurity::described() const {
    if (use == Use::none || use == Use::dtls || use == Use::browser) { return std::nullopt; }
    base::SeededRandom random{key};
    sip::sdp::Crypto crypto;
    crypto.tag = 1;
    crypto.suite = media::numbers_of(suite).name;
    crypto.key = media::SrtpKey::make(suite, random).to_base64();
    return crypto;
}

// Whether media is protected now.
bool Phone::secure() {
    if (security.use == PhoneSecurity::Use::dtls) { return protection_.has_value(); }
    auto keys = keys_of(belief_);
    if (keys == srtp_keys_) { return protection_.has_value(); }
    srtp_keys_ = std::move(keys);
    if (!srtp_keys_) {
        protection_.reset();
    } else {
        if (!protection_) { protection_.emplace(); }
        if (!protection_->set_keys(ground_.clock.now(), *srtp_keys_)) { complain("keys that SRTP takes", "refused"); }
    }
    return protection_.has_value();
}

// False: it is not heard. Before there are keys, whatever comes early cannot be read.
bool Phone::open(std::string& packet) {
    if (security.use == PhoneSecurity::Use::none) { return true; }
    if (!secure()) { return security.use == PhoneSecurity::Use::beside; }
    std::span<std::byte> bytes = std::as_writable_bytes(std::span{packet});
    const auto drop = protection_->open(ground_.clock.now(), media::Protection::Kind::rtp, bytes);
    if (drop == media::Drop::replay) { return false; }  // the network has doubled it
    if (drop != media::Drop::none) {
        complain("F.3 media under the agreed key only", std::string{media::label(drop)});
        return false;
    }
    packet.resize(bytes.size());
    return true;
}

// Empty: it cannot be sent yet.
std::string Phone::seal(std::string packet) {
    if (is_browser()) { return seal_bundled(std::move(packet), false); }
    if (security.use == PhoneSecurity::Use::dtls && !protection_) { return {}; }
    if (security.use == PhoneSecurity::Use::none || !secure()) { return packet; }
    media::Protection::Buffer buffer;
    const auto sealed = protection_->seal(media::Protection::Kind::rtp, std::as_bytes(std::span{packet}), buffer);
    return {reinterpret_cast<const char*>(sealed.data()), sealed.size()};
}

}  // namespace simulation
