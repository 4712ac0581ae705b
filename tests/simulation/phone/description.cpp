#include "tests/simulation/phone/description.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sip/sdp/parser.hpp"

namespace simulation {
namespace {

std::optional<Direction> direction_in(const std::vector<sip::sdp::Attribute>& attributes) {
    for (const auto& attribute : attributes) {
        for (const Direction direction :
             {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive}) {
            if (!attribute.value && attribute.name == sip::sdp::to_text(direction)) { return direction; }
        }
    }
    return std::nullopt;
}

std::string value_of(const std::vector<sip::sdp::Attribute>& attributes, std::string_view name) {
    const auto found = std::ranges::find(attributes, name, &sip::sdp::Attribute::name);
    return found == attributes.end() ? std::string{} : found->value.value_or("");
}

struct Extension {
    std::string_view uri;
    std::uint8_t ExtensionIds::*id;
};
constexpr std::array all_extensions{
    Extension{"urn:ietf:params:rtp-hdrext:sdes:mid", &ExtensionIds::mid},
    Extension{"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", &ExtensionIds::time},
    Extension{"urn:ietf:params:rtp-hdrext:ssrc-audio-level", &ExtensionIds::level}};

// "4 urn:…" or "4/sendonly urn:…" (RFC 8285 §8).
ExtensionIds extensions_of(const sip::sdp::Media& media) {
    ExtensionIds ids;
    for (const auto& attribute : media.attributes) {
        if (attribute.name != "extmap" || !attribute.value) { continue; }
        for (const Extension& extension : all_extensions) {
            if (attribute.value->find(" " + std::string{extension.uri}) == std::string::npos) { continue; }
            const auto end = attribute.value->find_first_of(" /");
            ids.*extension.id = base::parse_number<std::uint8_t>(attribute.value->substr(0, end)).value_or(0);
        }
    }
    return ids;
}

// An answer has the numbers of the offer, and none that it did not name.
std::string extension_lines(const Voice& voice, const ExtensionIds* offered, bool is_audio) {
    std::string text;
    for (const Extension& extension : all_extensions) {
        if (!is_audio && extension.id == &ExtensionIds::level) { continue; }
        const unsigned own = voice.extensions.*extension.id;
        const unsigned id = offered == nullptr || own == 0 ? own : offered->*extension.id;
        if (id != 0) { text += "a=extmap:" + std::to_string(id) + " " + std::string{extension.uri} + "\r\n"; }
    }
    return text;
}

std::vector<std::string> bundle_of(const sip::sdp::Session& session) {
    constexpr std::string_view semantics = "BUNDLE ";
    std::string rest = value_of(session.attributes, "group");
    if (!rest.starts_with(semantics)) { return {}; }
    rest.erase(0, semantics.size());
    std::vector<std::string> mids;
    for (std::size_t from = 0; from < rest.size();) {
        const std::size_t end = std::min(rest.find(' ', from), rest.size());
        mids.push_back(rest.substr(from, end - from));
        from = end + 1;
    }
    return mids;
}

std::string encoding_of(const sip::sdp::Media& media, const std::string& format) {
    for (const auto& attribute : media.attributes) {
        if (attribute.name != "rtpmap" || !attribute.value || !attribute.value->starts_with(format + " ")) { continue; }
        std::string encoding = base::lower(attribute.value->substr(format.size() + 1));
        return encoding.ends_with("/1") ? encoding.substr(0, encoding.size() - 2) : encoding;
    }
    return format == "0" ? "pcmu/8000" : format == "8" ? "pcma/8000" : format == "13" ? "cn/8000" : "?";
}

// As RFC 3551 spells it.
std::string written(const std::string& encoding) {
    return encoding == "pcma/8000"   ? "PCMA/8000"
           : encoding == "pcmu/8000" ? "PCMU/8000"
           : encoding == "cn/8000"   ? "CN/8000"
                                     : encoding;
}

std::vector<Payload> payloads_of(const sip::sdp::Media& media) {
    std::vector<Payload> payloads;
    for (const std::string& format : media.formats) {
        const auto number = base::parse_number<std::uint8_t>(format);
        if (number) { payloads.push_back({*number, encoding_of(media, format)}); }
    }
    return payloads;
}

Line read_line(const sip::sdp::Session& session, const sip::sdp::Media& media) {
    Line line;
    line.kind = media.kind;
    line.protocol = media.protocol;
    line.enabled = media.port != 0;
    const auto at_media = direction_in(media.attributes);
    line.direction = at_media ? *at_media : direction_in(session.attributes).value_or(Direction::sendrecv);
    const auto& connection = media.connection ? media.connection : session.connection;
    const auto address = connection ? base::IpAddress::parse(connection->address) : std::nullopt;
    line.rtp = {address.value_or(base::IpAddress{}), media.port};
    line.mid = value_of(media.attributes, "mid");
    line.extensions = extensions_of(media);
    line.estimates = std::ranges::any_of(media.attributes, [](const auto& attribute) {
        return attribute.name == "rtcp-fb" && attribute.value && attribute.value->ends_with(" goog-remb");
    });
    line.payloads = payloads_of(media);
    return line;
}

// An answer keeps the names of the offer (RFC 5888 §9.1).
std::string mid_of(const View* offer, std::size_t line) {
    if (offer == nullptr) { return std::to_string(line); }
    return line == 0 ? offer->mid : offer->further.at(line - 1).mid;
}

// What a browser says of line `line` where it is on: its transport, its name in the bundle, its extensions.
std::string bundled_lines(const Voice& voice, std::size_t line, const View* offer) {
    if (voice.transport.empty()) { return {}; }
    const std::string mid = mid_of(offer, line);
    const ExtensionIds* const offered = offer == nullptr ? nullptr
                                        : line == 0      ? &offer->extensions
                                                         : &offer->further.at(line - 1).extensions;
    return voice.transport + "a=mid:" + mid + "\r\n" + extension_lines(voice, offered, line == 0) + "a=msid:- track" +
           mid + "\r\na=rtcp-mux\r\na=rtcp-rsize\r\n";
}

// The video line number `i` behind the audio: on where the plan wants it and the offer, if there is one, has it on.
std::string video_line(const Voice& voice, const Sdp& plan, std::size_t i, const View* offer) {
    const Line* const offered = offer != nullptr && i < offer->further.size() ? &offer->further[i] : nullptr;
    const Payload* const format = offered == nullptr ? nullptr : offered->payload(picture);
    const bool possible = offer == nullptr ? i == 0 : offered != nullptr && offered->enabled && format != nullptr;
    const std::string number = std::to_string(format == nullptr ? 96 : format->number);
    const std::string kind = offered == nullptr ? "video" : offered->kind;
    const std::string own_protocol = voice.transport.empty() ? "RTP/AVP" : voice.protocol;
    const std::string protocol = offered == nullptr ? own_protocol : offered->protocol;
    const bool on = plan.video && possible;
    Direction direction = plan.session_level ? plan.direction : plan.video_direction;
    if (offered != nullptr) { direction = sip::sdp::intersect(direction, sip::sdp::reverse(offered->direction)); }
    std::string text = "m=" + kind + " " + std::to_string(on ? voice.video_port : 0) + " " + protocol + " " + number +
                       "\r\na=rtpmap:" + number + " VP8/90000\r\n";
    if (on) { text += bundled_lines(voice, i + 1, offer); }
    if (on && voice.feedback) { text += "a=rtcp-fb:" + number + " nack\r\na=rtcp-fb:" + number + " nack pli\r\n"; }
    if (on && voice.estimates && (offered == nullptr || offered->estimates)) {
        text += "a=rtcp-fb:" + number + " goog-remb\r\n";
    }
    if (on && !plan.session_level) { text += "a=" + std::string{sip::sdp::to_text(direction)} + "\r\n"; }
    return text;
}

const Payload* find(const std::vector<Payload>& payloads, std::string_view encoding) {
    for (const Payload& candidate : payloads) {
        if (candidate.encoding == encoding) { return &candidate; }
    }
    return nullptr;
}

// a=crypto; to an offer, under the tag that its suite has there.
std::string key_line(const Voice& voice, const View* offer) {
    if (!voice.key) { return {}; }
    sip::sdp::Crypto key = *voice.key;
    if (offer != nullptr) {
        const auto offered = std::ranges::find(offer->keys, key.suite, &sip::sdp::Crypto::suite);
        if (offered == offer->keys.end()) { return {}; }
        key.tag = offered->tag;
    }
    return "a=crypto:" + sip::sdp::to_attribute(key).value.value_or("") + "\r\n";
}

}  // namespace

const Payload* Line::payload(std::string_view encoding) const { return find(payloads, encoding); }

const Line* View::video() const {
    for (const Line& line : further) {
        if (line.kind == "video" && line.enabled) { return &line; }
    }
    return nullptr;
}

const Payload* View::payload(std::string_view encoding) const { return find(payloads, encoding); }

std::optional<View> read(std::string_view sdp) {
    const auto parsed = sip::sdp::parse(sdp);
    if (!parsed || parsed->media.empty()) { return std::nullopt; }
    const sip::sdp::Media& audio = parsed->media.front();
    View view;
    view.lines = parsed->media.size();
    view.enabled = audio.port != 0;
    const auto& connection = audio.connection ? audio.connection : parsed->connection;
    const auto address = connection ? base::IpAddress::parse(connection->address) : std::nullopt;
    if (!address && view.enabled) { return std::nullopt; }
    view.rtp = {address.value_or(base::IpAddress{}), audio.port};
    view.zero_address = address && address->is_unspecified();
    const auto at_media = direction_in(audio.attributes);
    view.direction = at_media ? *at_media : direction_in(parsed->attributes).value_or(Direction::sendrecv);
    view.payloads = payloads_of(audio);
    view.protocol = audio.protocol;
    for (auto& reading : sip::sdp::crypto_of(audio)) { view.keys.push_back(std::move(reading.crypto)); }
    if (auto fingerprints = sip::sdp::fingerprints_of(*parsed, audio)) { view.fingerprints = std::move(*fingerprints); }
    view.setup = sip::sdp::setup_of(*parsed, audio);
    if (auto ice = sip::sdp::ice_of(*parsed, audio)) { view.ice = std::move(*ice); }
    view.mid = value_of(audio.attributes, "mid");
    view.extensions = extensions_of(audio);
    view.bundle = bundle_of(*parsed);
    for (std::size_t i = 1; i < parsed->media.size(); ++i) {
        view.further.push_back(read_line(*parsed, parsed->media[i]));
    }
    view.session_id = std::to_string(parsed->origin.session_id);
    view.version = parsed->origin.version;
    return view;
}

std::string without_version(std::string_view sdp) {
    const auto origin = sdp.find("o=");
    if (origin == sdp.npos) { return std::string{sdp}; }
    const auto session = sdp.find(' ', sdp.find(' ', origin) + 1);
    const auto version_end = sdp.find(' ', session + 1);
    return std::string{sdp.substr(0, session)} + std::string{sdp.substr(version_end)};
}

std::string write(const Voice& voice, const Sdp& plan, std::uint64_t version, std::size_t lines, const View* only) {
    if (plan.kind == Sdp::Kind::raw) { return plan.raw; }
    const std::string family = voice.rtp.address.is_v6() ? "IP6 " : "IP4 ";
    const std::string address = voice.rtp.address.to_string();
    const std::string media_address = plan.zero_address ? (voice.rtp.address.is_v6() ? "::" : "0.0.0.0") : address;
    std::string formats;
    std::string maps;
    const auto add = [&](const std::string& encoding, const std::string& number, const std::string& more) {
        const Payload* const offered = only == nullptr ? nullptr : only->payload(encoding);
        if (only != nullptr && offered == nullptr) { return; }
        const std::string used = offered == nullptr ? number : std::to_string(offered->number);
        formats += " " + used;
        maps += "a=rtpmap:" + used + " " + written(encoding) + "\r\n" + (more.empty() ? "" : "a=fmtp:" + used + more);
    };
    for (const Law law : voice.laws) { add(law == Law::a ? "pcma/8000" : "pcmu/8000", law == Law::a ? "8" : "0", ""); }
    if (formats.empty()) { formats = " 8"; }  // nothing in common: the line is refused
    if (voice.noise) { add("cn/8000", "13", ""); }
    if (voice.events) { add("telephone-event/8000", "101", " 0-16\r\n"); }
    const std::string direction = "a=" + std::string{sip::sdp::to_text(plan.direction)} + "\r\n";
    if (plan.video && only == nullptr && lines < 2) { lines = 2; }
    std::string videos;
    std::string mids = plan.port_zero ? "" : " " + mid_of(only, 0);
    for (std::size_t i = 1; i < lines; ++i) {
        const std::string line = video_line(voice, plan, i - 1, only);
        if (line.find("a=mid:") != line.npos) { mids += " " + mid_of(only, i); }
        videos += line;
    }
    const bool bundles = !voice.transport.empty();
    const std::string bundle = bundles ? "a=group:BUNDLE" + mids + "\r\na=msid-semantic: WMS -\r\n" : "";
    const std::string bundled = bundles && !plan.port_zero ? bundled_lines(voice, 0, only) : "";
    return "v=0\r\no=- " + std::to_string(voice.session_id) + " " + std::to_string(version) + " IN " + family +
           address + "\r\ns=-\r\nc=IN " + family + media_address + "\r\nt=0 0\r\n" + bundle +
           (plan.session_level ? direction : "") + "m=audio " + std::to_string(plan.port_zero ? 0 : voice.rtp.port) +
           " " + (only == nullptr ? voice.protocol : only->protocol) + formats + "\r\n" + key_line(voice, only) +
           voice.more + bundled + maps + (bundles ? "" : "a=ptime:20\r\n") + (plan.session_level ? "" : direction) +
           videos;
}

}  // namespace simulation
