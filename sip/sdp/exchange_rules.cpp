#include "sip/sdp/exchange_rules.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sip/sdp/security_attributes.hpp"

namespace sip::sdp::rules {
namespace {

// RFC 3261 §20.43.
constexpr int warn_transport = 302;
constexpr int warn_media_type = 304;
constexpr int warn_format = 305;
constexpr int warn_other = 399;

Refusal refuse(int warning, std::string text, std::string rule) {
    return {488, warning, std::move(text), std::move(rule)};
}

std::string line_name(std::size_t index) { return "m-line " + std::to_string(index + 1); }

// What of a profile decides how packets are protected. Old browsers write RTP/SAVPF for what RFC 5764 calls
// UDP/TLS/RTP/SAVPF, and feedback (RFC 4585) comes and goes with the F.
std::string_view protection_of(std::string_view protocol) {
    constexpr std::string_view over_dtls = "UDP/TLS/";
    if (base::iequals(protocol.substr(0, over_dtls.size()), over_dtls)) { protocol.remove_prefix(over_dtls.size()); }
    if (!protocol.empty() && base::to_lower(protocol.back()) == 'f') { protocol.remove_suffix(1); }
    return protocol;
}
bool same_protection(const Media& a, const Media& b) {
    return base::iequals(protection_of(a.protocol), protection_of(b.protocol));
}

Failure check_same_stream(std::size_t index, const Media& before, const Media& now, std::string_view section) {
    if (!base::iequals(before.kind, now.kind)) {
        return refuse(
            warn_media_type,
            line_name(index) + " was " + before.kind + " and is now " + now.kind + " (" + std::string{section} + ")",
            "mline_kind");
    }
    if (!same_protection(before, now)) {
        return refuse(warn_transport,
                      line_name(index) + " was " + before.protocol + " and is now " + now.protocol + " (" +
                          std::string{section} + ")",
                      "mline_profile");
    }
    return std::nullopt;
}

// RFC 4568 §5.1.3: the answer to keys in RTP/SAVP names one of them, by its tag and suite.
bool answers_keys(const Media& answer, const Media& offer) {
    const auto offered = crypto_of(offer);
    const auto answered = crypto_of(answer);
    return offered.empty() || std::ranges::any_of(answered, [&](const CryptoReading& one) {
               return one.flaw == CryptoFlaw::none && std::ranges::any_of(offered, [&](const CryptoReading& other) {
                          return other.crypto.tag == one.crypto.tag &&
                                 base::iequals(other.crypto.suite, one.crypto.suite);
                      });
           });
}

// Numbers may differ between the two directions (RFC 3264 §6.1), so formats are the same by what they mean; where that
// is unknown, by number.
bool is_among(const Format& wanted, const std::vector<Format>& offered) {
    return std::any_of(offered.begin(), offered.end(), [&wanted](const Format& format) {
        return wanted.encoding.empty() ? wanted.payload == format.payload : same_meaning(wanted, format);
    });
}

// RFC 3264 §6.1: one of the offered formats has to be there; others beside it are allowed.
bool has_common_format(const Media& answer, const Media& offer) {
    const auto offered = formats_of(offer);
    const auto answered = formats_of(answer);
    if (!offered.empty()) {
        return std::any_of(answered.begin(), answered.end(),
                           [&offered](const Format& format) { return is_among(format, offered); });
    }
    return std::any_of(answer.formats.begin(), answer.formats.end(), [&offer](const std::string& format) {
        return std::find(offer.formats.begin(), offer.formats.end(), format) != offer.formats.end();
    });
}

Failure check_answered_line(std::size_t index, const Media& answer, const Media& offer) {
    if (answer.is_disabled()) { return std::nullopt; }
    if (offer.is_disabled()) {
        return refuse(warn_other, line_name(index) + " was offered with port 0 and answered with another (RFC 3264 §6)",
                      "mline_enabled");
    }
    if (auto failure = check_same_stream(index, offer, answer, "RFC 3264 §6")) { return failure; }
    if (!has_common_format(answer, offer)) {
        return refuse(warn_format, line_name(index) + " is answered with none of the formats offered (RFC 3264 §6.1)",
                      "answer_format");
    }
    if (base::iequals(protection_of(offer.protocol), "RTP/SAVP") && !answers_keys(answer, offer)) {
        return refuse(warn_transport, line_name(index) + " answers with none of the keys offered (RFC 4568 §5.1.3)",
                      "answer_key");
    }
    return std::nullopt;
}

Failure check_line_meanings(std::size_t index, const Media& media, const LineLedger& ledger) {
    for (const Format& format : formats_of(media)) {
        const auto known = ledger.remote_formats.find(format.payload);
        if (format.encoding.empty() || known == ledger.remote_formats.end()) { continue; }
        if (same_meaning(known->second, format)) { continue; }
        return refuse(warn_format,
                      "payload " + std::to_string(format.payload) + " of " + line_name(index) + " was " +
                          describe(known->second) + " and is now " + describe(format) + " (RFC 3264 §8.3.2)",
                      "payload_meaning");
    }
    return std::nullopt;
}

bool is_usable(const Media& media, const std::vector<std::string>& usable) {
    const auto formats = formats_of(media);
    return std::any_of(formats.begin(), formats.end(), [&usable](const Format& format) {
        return std::any_of(usable.begin(), usable.end(),
                           [&format](const std::string& name) { return base::iequals(name, format.encoding); });
    });
}

}  // namespace

Failure check_line_count(const Session& offer, const Agreed& agreed) {
    const auto before = agreed.local.media.size();
    const auto now = offer.media.size();
    if (now >= before) { return std::nullopt; }
    return refuse(warn_other,
                  "m-line count fell from " + std::to_string(before) + " to " + std::to_string(now) + " (RFC 3264 §8)",
                  "mline_count");
}

Failure check_lines_kept(const Session& offer, const Agreed& agreed) {
    for (std::size_t i = 0; i < agreed.remote.media.size(); ++i) {
        const Media& before = agreed.remote.media[i];
        const bool was_live = !before.is_disabled() && !agreed.local.media[i].is_disabled();
        // RFC 3264 §8.1, §8.2: a slot that either side has switched off may become another stream.
        if (!was_live || offer.media[i].is_disabled()) { continue; }
        if (auto failure = check_same_stream(i, before, offer.media[i], "RFC 3264 §8")) { return failure; }
    }
    return std::nullopt;
}

Failure check_answers(const Session& answer, const Session& offer) {
    if (answer.media.size() != offer.media.size()) {
        return refuse(warn_other,
                      std::to_string(offer.media.size()) + " m-lines were offered and " +
                          std::to_string(answer.media.size()) + " answered (RFC 3264 §6)",
                      "mline_count");
    }
    for (std::size_t i = 0; i < answer.media.size(); ++i) {
        if (auto failure = check_answered_line(i, answer.media[i], offer.media[i])) { return failure; }
    }
    return std::nullopt;
}

Failure check_meanings(const Session& remote, const std::vector<LineLedger>& ledger) {
    const auto known = std::min(remote.media.size(), ledger.size());
    for (std::size_t i = 0; i < known; ++i) {
        if (remote.media[i].is_disabled()) { continue; }
        if (auto failure = check_line_meanings(i, remote.media[i], ledger[i])) { return failure; }
    }
    return std::nullopt;
}

Failure check_usable(const Session& remote, const std::vector<std::string>& usable) {
    // The codecs are those of audio: with all of that switched off, other streams may go on without it.
    const auto is_heard = [](const Media& media) { return media.kind == "audio" && !media.is_disabled(); };
    const auto& lines = remote.media;
    if (std::none_of(lines.begin(), lines.end(), is_heard)) { return std::nullopt; }
    if (std::any_of(lines.begin(), lines.end(),
                    [&](const Media& media) { return is_heard(media) && is_usable(media, usable); })) {
        return std::nullopt;
    }
    std::string names;
    for (const std::string& name : usable) { names += (names.empty() ? "" : ", ") + name; }
    return refuse(warn_format, "no m-line has a codec that is usable here: " + names + " (RFC 3264 §6)", "no_codec");
}

std::string describe(const Format& format) {
    std::string text = format.encoding + "/" + std::to_string(format.clock_hz);
    if (format.channels != 1) { text += "/" + std::to_string(format.channels); }
    return text;
}

}  // namespace sip::sdp::rules
