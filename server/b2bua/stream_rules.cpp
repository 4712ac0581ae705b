#include "server/b2bua/stream_rules.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "server/b2bua/line_webrtc.hpp"

namespace server {
namespace {

using sip::sdp::Attribute;
using sip::sdp::Format;
using sip::sdp::LineLedger;
using sip::sdp::Media;
using Side = media::Side;
using Across = std::function<std::optional<std::uint8_t>(std::uint8_t)>;  // a number's on the other leg

constexpr std::uint8_t first_dynamic = 96;  // RFC 3551 §3
constexpr std::uint8_t last_payload = 127;

bool has_feedback(const Media& line) { return base::iequals(line.protocol, "RTP/AVPF") || is_bundled(line); }

// Of a browser: what repairs a stream has an SSRC of its own, and is between the browser and us alone (RFC 4588 §4, RFC
// 5109, RFC 8627). It repairs by sending again, as it does where none of these is agreed.
bool is_repair(const Format& format) {
    constexpr std::array names{"rtx", "red", "ulpfec", "flexfec-03"};
    return std::ranges::any_of(names, [&](const char* name) { return base::iequals(format.encoding, name); });
}

std::vector<Format> bridged_formats(const Media& line) {
    auto formats = sip::sdp::formats_of(line);
    if (is_bundled(line)) { std::erase_if(formats, is_repair); }
    return formats;
}

// It counts the packets of one leg's transport, which are not the other's.
bool is_passed(std::string_view feedback) { return feedback != "transport-cc"; }

// What is served here, and what only the other leg's peer can answer: the latter where that is a browser, which can.
bool is_promised(std::string_view feedback, bool to_a_browser) {
    constexpr std::array names{"nack", "nack pli", "ccm fir"};
    return std::ranges::find(names, feedback) != names.end() || (to_a_browser && feedback == "goog-remb");
}

bool allows(const LineLedger* ledger, std::uint8_t number, const Format& format) {
    if (ledger == nullptr) { return true; }
    for (const auto* known : {&ledger->local_formats, &ledger->remote_formats}) {
        const auto found = known->find(number);
        if (found != known->end() && !sip::sdp::same_meaning(found->second, format)) { return false; }
    }
    return true;
}

const Format* find(const std::vector<Format>& formats, std::uint8_t number) {
    const auto found =
        std::find_if(formats.begin(), formats.end(), [=](const Format& one) { return one.payload == number; });
    return found == formats.end() ? nullptr : &*found;
}

// Parameters name other formats by number where they repair or carry them: "apt=96" (RFC 4588 §8.1). Nullopt: one of
// them does not exist on the other leg, so this makes no sense there.
std::optional<std::string> rewritten_parameters(const std::string& fmtp, const Across& across) {
    constexpr std::string_view key = "apt=";
    const auto at = base::lower(fmtp).find(key);
    const bool names_one = at != std::string::npos && (at == 0 || fmtp[at - 1] == ';' || fmtp[at - 1] == ' ');
    if (!names_one) { return fmtp; }
    const auto begin = at + key.size();
    const auto end = std::min(fmtp.find_first_not_of("0123456789", begin), fmtp.size());
    const auto number = base::parse_number<std::uint8_t>(std::string_view{fmtp}.substr(begin, end - begin));
    const auto mapped = number ? across(*number) : std::nullopt;
    if (!mapped) { return std::nullopt; }
    return fmtp.substr(0, begin) + std::to_string(*mapped) + fmtp.substr(end);
}

// "96/97" of redundant data (RFC 2198 §5, RFC 4103) cannot be told from other text: kept only where no number changes.
bool names_formats(const Format& format) { return base::iequals(format.encoding, "red"); }

void add_format(Media& line, const Format& format) {
    const std::string number = std::to_string(format.payload);
    const std::string channels = format.channels == 1 ? "" : "/" + std::to_string(format.channels);
    line.formats.push_back(number);
    line.attributes.push_back(
        Attribute{"rtpmap", number + " " + format.encoding + "/" + std::to_string(format.clock_hz) + channels});
    if (!format.fmtp.empty()) { line.attributes.push_back(Attribute{"fmtp", number + " " + format.fmtp}); }
}

Media new_line(const Media& pattern, const StreamFace& face) {
    Media line;
    line.kind = pattern.kind;
    line.protocol = pattern.protocol;
    line.port = face.rtp.port;
    return line;
}

void add_bandwidth(Media& line, const Media& theirs) {
    for (const auto& other : theirs.others) {
        if (other.type == 'b') { line.others.push_back(other); }
    }
}

// "96 nack pli", "* ccm fir": which format, and what.
struct FeedbackKind {
    std::optional<std::uint8_t> number;  // nullopt: all
    std::string_view what;
};
std::vector<FeedbackKind> feedback_of(const Media& line) {
    std::vector<FeedbackKind> kinds;
    for (const Attribute& attribute : line.attributes) {
        if (!base::iequals(attribute.name, "rtcp-fb") || !attribute.value) { continue; }
        const std::string_view value = *attribute.value;
        const auto blank = value.find(' ');
        if (blank == value.npos) { continue; }
        const auto number = base::parse_number<std::uint8_t>(value.substr(0, blank));
        const std::string_view what = base::trim(value.substr(blank));
        if (is_passed(what) && (number || value.starts_with("* "))) { kinds.push_back({number, what}); }
    }
    return kinds;
}

void add_feedback(Media& line, std::optional<std::uint8_t> number, std::string_view what) {
    const std::string of = number ? std::to_string(*number) : "*";
    line.attributes.push_back(Attribute{"rtcp-fb", of + " " + std::string{what}});
}

// Nullopt: of all.
bool has_format(const Media& line, std::optional<std::uint8_t> number) {
    return !number || std::ranges::find(line.formats, std::to_string(*number)) != line.formats.end();
}

bool accepts(const std::vector<FeedbackKind>& kinds, std::optional<std::uint8_t> number, std::string_view what) {
    return std::any_of(kinds.begin(), kinds.end(), [&](const FeedbackKind& kind) {
        return kind.what == what && (!kind.number || !number || kind.number == number);
    });
}

// What the far peer says of the format that its leg knows as `number`; it may answer under a number of its own.
const Format* taken(const std::vector<Format>& theirs, const std::vector<Format>& ours, std::uint8_t number) {
    const Format* const told = find(ours, number);
    if (told == nullptr) { return nullptr; }
    const Format* const same = find(theirs, number);
    if (same != nullptr && sip::sdp::same_meaning(*same, *told)) { return same; }
    const auto other = std::find_if(theirs.begin(), theirs.end(), [&](const Format& one) {
        return sip::sdp::same_meaning(one, *told) && find(ours, one.payload) == nullptr;
    });
    return other == theirs.end() ? nullptr : &*other;
}

}  // namespace

bool NumberPairs::is_taken(Side side, std::uint8_t number) const {
    return std::any_of(pairs_.begin(), pairs_.end(), [=](const Pair& pair) { return pair.on(side) == number; });
}

std::optional<std::uint8_t> NumberPairs::meaning(Side side, const Format& format) const {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        const bool same = pairs_[i].on(side) == format.payload && sip::sdp::same_meaning(pairs_[i].format, format);
        if (same) { return static_cast<std::uint8_t>(i); }
    }
    return std::nullopt;
}

std::optional<std::uint8_t> NumberPairs::across(Side side, const Format& format) const {
    const auto found = meaning(side, format);
    if (!found) { return std::nullopt; }
    return pairs_[*found].on(media::other(side));
}

std::optional<std::uint8_t> NumberPairs::pair(Side side, const Format& format, const LineLedger* ledger) {
    if (const auto known = across(side, format)) { return known; }
    if (pairs_.size() >= media::max_meanings) { return std::nullopt; }
    const Side to = media::other(side);
    const auto fits = [&](std::uint8_t number) { return !is_taken(to, number) && allows(ledger, number, format); };
    std::uint8_t number = format.payload;
    if (!fits(number)) { number = first_dynamic; }
    while (number <= last_payload && !fits(number)) { ++number; }
    if (number > last_payload) { return std::nullopt; }
    pairs_.push_back({side == Side::a ? format.payload : number, side == Side::a ? number : format.payload, format});
    return number;
}

bool is_stream(const Media& line) {
    if (is_bundled(line)) {
        return !line.is_disabled() && !base::iequals(line.kind, "audio");
    }  // those: sibling_lines.hpp
    return !line.is_disabled() && (base::iequals(line.protocol, "RTP/AVP") || has_feedback(line));
}

bool is_live(const sip::sdp::Agreed& agreed, std::size_t line) {
    return line < agreed.local.media.size() && line < agreed.remote.media.size() &&
           !agreed.local.media[line].is_disabled() && !agreed.remote.media[line].is_disabled();
}

Media offered_line(const Media& theirs, Side from, NumberPairs& pairs, const LineLedger* ledger,
                   const StreamFace& face) {
    Media line = new_line(theirs, face);
    if (is_bundled(theirs)) { line.protocol = "RTP/AVP"; }
    add_bandwidth(line, theirs);
    const auto formats = bridged_formats(theirs);
    bool same_numbers = true;
    for (const Format& format : formats) {
        if (format.encoding.empty()) { continue; }  // a number of unknown meaning
        same_numbers = pairs.pair(from, format, ledger) == format.payload && same_numbers;
    }
    const Across across = [&](std::uint8_t number) {
        const Format* const named = find(formats, number);
        return named == nullptr ? std::nullopt : pairs.across(from, *named);
    };
    for (Format format : formats) {
        const auto number = across(format.payload);
        const auto parameters = rewritten_parameters(format.fmtp, across);
        if (!number || !parameters || (names_formats(format) && !same_numbers)) { continue; }
        format.payload = *number;
        format.fmtp = *parameters;
        add_format(line, format);
    }
    if (has_feedback(theirs)) {
        for (const FeedbackKind& kind : feedback_of(theirs)) {
            const auto number = kind.number ? across(*kind.number) : std::nullopt;
            if (!kind.number || number) { add_feedback(line, number, kind.what); }
        }
    } else if (face.webrtc) {
        for (const char* const what : {"nack", "nack pli", "ccm fir"}) { add_feedback(line, std::nullopt, what); }
    }
    sip::sdp::set_direction(line, face.direction);
    return line;
}

Media promised_line(const Media& offer, const StreamFace& face, bool to_a_browser) {
    Media line = new_line(offer, face);
    for (const Format& format : bridged_formats(offer)) {
        if (!format.encoding.empty()) { add_format(line, format); }
    }
    for (const FeedbackKind& kind : feedback_of(offer)) {
        if (has_format(line, kind.number) && is_promised(kind.what, to_a_browser)) {
            add_feedback(line, kind.number, kind.what);
        }
    }
    sip::sdp::set_direction(line, face.direction);
    return line;
}

Media answered_line(const Media& offer, Side to, const sip::sdp::Agreed& far, std::size_t far_line,
                    const NumberPairs& pairs, const LineLedger* ledger, const StreamFace& face) {
    const Media& answered = far.remote.media[far_line];
    const auto offered = bridged_formats(offer);
    const auto theirs = bridged_formats(answered);
    const auto ours = sip::sdp::formats_of(far.local.media[far_line]);
    Media line = new_line(offer, face);
    add_bandwidth(line, answered);
    struct Choice {
        Format format;
        const Format* far;
    };
    std::vector<Choice> choices;
    for (const Format& format : offered) {
        const auto number = pairs.across(to, format);
        const Format* const accepted = number ? taken(theirs, ours, *number) : nullptr;
        if (accepted != nullptr && allows(ledger, format.payload, format)) { choices.push_back({format, accepted}); }
    }
    std::stable_sort(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) { return a.far < b.far; });
    const Across back = [&](std::uint8_t number) -> std::optional<std::uint8_t> {
        for (const Choice& choice : choices) {
            if (choice.far->payload == number) { return choice.format.payload; }
        }
        return std::nullopt;
    };
    for (Choice& choice : choices) {
        const auto parameters = rewritten_parameters(choice.far->fmtp, back);
        if (!parameters) { continue; }
        choice.format.fmtp = *parameters;
        add_format(line, choice.format);
    }
    if (offer.attribute("rtcp-mux") != nullptr) { line.attributes.push_back(Attribute{"rtcp-mux", std::nullopt}); }
    if (has_feedback(offer)) {
        const auto accepted = feedback_of(answered);
        for (const FeedbackKind& kind : feedback_of(offer)) {
            const Format* const named = kind.number ? find(offered, *kind.number) : nullptr;
            const auto number = named == nullptr ? std::nullopt : pairs.across(to, *named);
            if (!has_format(line, kind.number) || !accepts(accepted, number, kind.what)) { continue; }
            add_feedback(line, kind.number, kind.what);
        }
    }
    sip::sdp::set_direction(line, face.direction);
    return line;
}

std::optional<Media> kept_line(const sip::sdp::Agreed& agreed, const sip::sdp::Session& offer, std::size_t index) {
    const bool is_kept = is_stream(offer.media[index]) || is_bundled(offer.media[index]);
    if (!is_live(agreed, index) || !is_kept) { return std::nullopt; }
    Media line = agreed.local.media[index];
    const auto ours = sip::sdp::formats_of(line);
    const auto offered = sip::sdp::formats_of(offer.media[index]);
    line.formats.clear();
    const bool mux =
        offer.media[index].attribute("rtcp-mux") != nullptr;  // only where this offer has it (RFC 5761 §5.1.1)
    std::erase_if(line.attributes, [mux](const Attribute& attribute) {
        return base::iequals(attribute.name, "rtpmap") || base::iequals(attribute.name, "fmtp") ||
               (!mux && base::iequals(attribute.name, "rtcp-mux"));
    });
    std::vector<Attribute> rest = std::move(line.attributes);
    line.attributes.clear();
    for (const Format& format : ours) {
        const Format* const same = find(offered, format.payload);
        if (same != nullptr && sip::sdp::same_meaning(*same, format)) { add_format(line, format); }
    }
    if (line.formats.empty()) { return std::nullopt; }
    line.attributes.insert(line.attributes.end(), rest.begin(), rest.end());
    line.protocol = offer.media[index].protocol;
    keep_offered_extensions(line, {offer, offer.media[index]});
    const auto before = sip::sdp::direction_of(agreed.local, agreed.local.media[index]);
    const auto allowed = sip::sdp::reverse(sip::sdp::direction_of(offer, offer.media[index]));
    sip::sdp::set_direction(line, sip::sdp::intersect(before, allowed));
    return line;
}

}  // namespace server
