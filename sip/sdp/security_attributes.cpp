#include "sip/sdp/security_attributes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace sip::sdp {
namespace {

constexpr std::size_t longest_tag = 9;
constexpr std::uint64_t most_packets = std::uint64_t{1} << 48;  // RFC 3711 §9.2

// Cuts what stands before `mark` off the front of `rest`; all of it where there is no mark.
std::string_view take_until(std::string_view& rest, char mark) {
    const auto end = rest.find(mark);
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return taken;
}

std::string_view take_word(std::string_view& rest) {
    rest = base::trim(rest);
    return base::trim(take_until(rest, ' '));
}

// "1048576" or "2^20" (RFC 4568 §6.1); nullopt: neither, or beyond 2^48.
std::optional<std::uint64_t> parse_lifetime(std::string_view text) {
    constexpr unsigned largest_power = 48;
    std::optional<std::uint64_t> packets;
    if (text.starts_with("2^")) {
        const auto power = base::parse_number<unsigned>(text.substr(2));
        if (power && *power <= largest_power) { packets = std::uint64_t{1} << *power; }
    } else {
        packets = base::parse_number<std::uint64_t>(text);
    }
    return packets && *packets > 0 && *packets <= most_packets ? packets : std::nullopt;
}

// RFC 4568 §6.1: inline:KEY[|lifetime][|MKI:length]; more of them would follow behind a ";".
CryptoFlaw parse_key(std::string_view text, Crypto& out) {
    if (text.find(';') != text.npos) { return CryptoFlaw::several_keys; }
    const auto method = take_until(text, ':');
    if (!base::iequals(method, "inline")) { return CryptoFlaw::key_method; }
    const auto key = take_until(text, '|');
    if (key.empty() || key.size() > max_key_text) { return CryptoFlaw::malformed; }
    out.key = key;
    if (text.empty()) { return CryptoFlaw::none; }
    const auto second = take_until(text, '|');
    if (!text.empty() || second.find(':') != second.npos) { return CryptoFlaw::mki; }
    out.lifetime = parse_lifetime(second);
    return out.lifetime ? CryptoFlaw::none : CryptoFlaw::lifetime;
}

// RFC 4568 §6.3: a hint of the window (§6.3.7) asks for nothing, and what is optional says so.
bool may_be_ignored(std::string_view parameter) {
    constexpr std::string_view window_hint = "WSH=";
    return parameter.starts_with('-') || base::iequals(parameter.substr(0, window_hint.size()), window_hint);
}

struct HashFunction {
    std::string_view name;
    std::size_t size;
};
constexpr std::array hash_functions{HashFunction{"sha-1", 20}, HashFunction{"sha-224", 28}, HashFunction{"sha-256", 32},
                                    HashFunction{"sha-384", 48}, HashFunction{"sha-512", 64}};

std::optional<std::uint8_t> hex_digit(char c) {
    if (base::is_digit(c)) { return static_cast<std::uint8_t>(c - '0'); }
    const char low = base::to_lower(c);
    if (low < 'a' || low > 'f') { return std::nullopt; }
    return static_cast<std::uint8_t>(low - 'a' + 10);
}

// "4A:AD:…", of exactly `size` bytes; small letters are taken, though the grammar has none (RFC 8122 §5).
std::optional<std::vector<std::uint8_t>> parse_digest(std::string_view text, std::size_t size) {
    if (text.size() != size * 3 - 1) { return std::nullopt; }
    std::vector<std::uint8_t> digest;
    digest.reserve(size);
    for (std::size_t at = 0; at < text.size(); at += 3) {
        const auto high = hex_digit(text[at]);
        const auto low = hex_digit(text[at + 1]);
        if (!high || !low || (at + 2 < text.size() && text[at + 2] != ':')) { return std::nullopt; }
        digest.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    return digest;
}

Refusal bad_fingerprint(std::string_view what) {
    constexpr int warn_miscellaneous = 399;
    return {488, warn_miscellaneous, "a=fingerprint: " + std::string{what} + " (RFC 8122 §5)", "fingerprint"};
}

Result<std::vector<Fingerprint>> fingerprints_among(const std::vector<Attribute>& attributes) {
    std::vector<Fingerprint> found;
    for (const Attribute& attribute : attributes) {
        if (!base::iequals(attribute.name, "fingerprint")) { continue; }
        std::string_view rest = attribute.value ? std::string_view{*attribute.value} : std::string_view{};
        const std::string hash = base::lower(take_word(rest));
        const auto function = std::ranges::find(hash_functions, hash, &HashFunction::name);
        if (function == hash_functions.end()) { continue; }
        auto digest = parse_digest(base::trim(rest), function->size);
        if (!digest) { return bad_fingerprint("not a digest of " + hash); }
        if (found.size() == max_fingerprints) { return bad_fingerprint("too many"); }
        found.push_back({hash, std::move(*digest)});
    }
    return found;
}

bool has_fingerprint(const std::vector<Attribute>& attributes) {
    return std::ranges::any_of(attributes,
                               [](const Attribute& attribute) { return base::iequals(attribute.name, "fingerprint"); });
}

// The first of that name on the line, else on the session; empty where there is none, or no value.
std::string_view value_of(const Session& session, const Media& media, std::string_view name) {
    const Attribute* attribute = media.attribute(name);
    if (attribute == nullptr) { attribute = session.attribute(name); }
    if (attribute == nullptr || !attribute->value) { return {}; }
    return base::trim(*attribute->value);
}

constexpr std::array all_setups{Setup::active, Setup::passive, Setup::actpass, Setup::holdconn};

bool is_role(Setup setup) { return setup == Setup::active || setup == Setup::passive; }

bool same_fingerprints(const DtlsDescription& a, const DtlsDescription& b) {
    return a.fingerprints.size() == b.fingerprints.size() &&
           std::is_permutation(a.fingerprints.begin(), a.fingerprints.end(), b.fingerprints.begin());
}

}  // namespace

std::string_view to_text(CryptoFlaw flaw) {
    constexpr std::array<std::string_view, 8> texts{
        "none",   "malformed",    "another key method",  "several keys",
        "an MKI", "its lifetime", "a session parameter", "a tag used twice"};
    return texts[static_cast<std::size_t>(flaw)];
}

// RFC 4568 §9.1: tag SP crypto-suite SP key-params *(SP session-param).
CryptoReading parse_crypto(std::string_view value) {
    CryptoReading out;
    const auto tag_text = take_word(value);
    const auto tag = base::parse_number<std::uint32_t>(tag_text);
    out.crypto.suite = take_word(value);
    const auto key = take_word(value);
    out.flaw = CryptoFlaw::malformed;
    if (!tag || tag_text.size() > longest_tag || out.crypto.suite.empty() || key.empty()) { return out; }
    out.crypto.tag = *tag;
    out.flaw = parse_key(key, out.crypto);
    if (out.flaw != CryptoFlaw::none) { return out; }
    for (auto parameter = take_word(value); !parameter.empty(); parameter = take_word(value)) {
        if (!may_be_ignored(parameter)) { out.flaw = CryptoFlaw::session_parameter; }
    }
    return out;
}

std::vector<CryptoReading> crypto_of(const Media& media) {
    std::vector<CryptoReading> found;
    for (const Attribute& attribute : media.attributes) {
        if (!base::iequals(attribute.name, "crypto") || found.size() == max_crypto_lines) { continue; }
        CryptoReading reading = parse_crypto(attribute.value ? std::string_view{*attribute.value} : std::string_view{});
        const auto has_its_tag = [&](const CryptoReading& other) {
            return other.flaw != CryptoFlaw::malformed && other.crypto.tag == reading.crypto.tag;
        };
        if (reading.flaw == CryptoFlaw::none && std::ranges::any_of(found, has_its_tag)) {
            reading.flaw = CryptoFlaw::repeated_tag;
        }
        found.push_back(std::move(reading));
    }
    return found;
}

Attribute to_attribute(const Crypto& crypto) {
    std::string value = std::to_string(crypto.tag) + ' ' + crypto.suite + " inline:" + crypto.key;
    if (crypto.lifetime) { value += '|' + std::to_string(*crypto.lifetime); }
    return {"crypto", std::move(value)};
}

Result<std::vector<Fingerprint>> fingerprints_of(const Session& session, const Media& media) {
    return fingerprints_among(has_fingerprint(media.attributes) ? media.attributes : session.attributes);
}

Attribute to_attribute(const Fingerprint& fingerprint) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string value = fingerprint.hash;
    char separator = ' ';
    for (const std::uint8_t byte : fingerprint.digest) {
        value += separator;
        value += digits[byte >> 4];
        value += digits[byte & 0xfU];
        separator = ':';
    }
    return {"fingerprint", std::move(value)};
}

std::string_view to_text(Setup setup) {
    constexpr std::array<std::string_view, all_setups.size()> names{"active", "passive", "actpass", "holdconn"};
    return names[static_cast<std::size_t>(setup)];
}

std::optional<Setup> setup_of(const Session& session, const Media& media) {
    const auto value = value_of(session, media, "setup");
    for (const Setup setup : all_setups) {
        if (base::iequals(value, to_text(setup))) { return setup; }
    }
    return std::nullopt;
}

Attribute to_attribute(Setup setup) { return {"setup", std::string{to_text(setup)}}; }

bool may_answer(Setup offer, Setup answer) {
    switch (offer) {
        case Setup::active:
            return answer == Setup::passive || answer == Setup::holdconn;
        case Setup::passive:
            return answer == Setup::active || answer == Setup::holdconn;
        case Setup::actpass:
            return answer != Setup::actpass;
        case Setup::holdconn:
            return answer == Setup::holdconn;
    }
    return false;
}

std::optional<std::string> tls_id_of(const Session& session, const Media& media) {
    constexpr std::size_t shortest = 20;
    constexpr std::size_t longest = 255;
    constexpr std::string_view beside_letters_and_digits = "+/-_";
    const auto value = value_of(session, media, "tls-id");
    const auto is_allowed = [&](char c) {
        const char low = base::to_lower(c);
        return base::is_digit(c) || (low >= 'a' && low <= 'z') || beside_letters_and_digits.find(c) != value.npos;
    };
    if (value.size() < shortest || value.size() > longest || !std::ranges::all_of(value, is_allowed)) {
        return std::nullopt;
    }
    return std::string{value};
}

bool asks_for_new_association(const DtlsDescription& before, const DtlsDescription& now) {
    if (!same_fingerprints(before, now) || before.tls_id != now.tls_id) { return true; }
    if (!before.setup || !now.setup || !is_role(*before.setup) || !is_role(*now.setup)) { return false; }
    return *before.setup != *now.setup;
}

}  // namespace sip::sdp
