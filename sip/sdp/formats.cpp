// What the numbers of a media line mean: a=rtpmap and a=fmtp (RFC 8866 §6.6, §6.15), else RFC 3551 §6 tables 4 and 5.
#include <bitset>

#include "base/text.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {
namespace {

constexpr std::uint8_t last_payload = 127;

struct StaticFormat {
    std::uint8_t payload;
    std::string_view encoding;
    std::uint32_t clock_hz;
    std::uint32_t channels;
};
constexpr StaticFormat static_formats[] = {
    {0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
    {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
    {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
    {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},  {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
    {18, "G729", 8000, 1},  {25, "CelB", 90000, 1}, {26, "JPEG", 90000, 1}, {28, "nv", 90000, 1},
    {31, "H261", 90000, 1}, {32, "MPV", 90000, 1},  {33, "MP2T", 90000, 1}, {34, "H263", 90000, 1},
};

std::optional<std::uint8_t> parse_payload(std::string_view text) {
    const auto payload = base::parse_number<std::uint8_t>(text);
    return payload && *payload <= last_payload ? payload : std::nullopt;
}

// "97 iLBC/8000": what follows the number, if it is `payload`'s.
std::optional<std::string_view> parameters_for(std::uint8_t payload, std::string_view value) {
    value = base::trim(value);
    const auto blank = value.find_first_of(" \t");
    if (blank == value.npos || parse_payload(value.substr(0, blank)) != payload) { return std::nullopt; }
    return base::trim(value.substr(blank));
}

std::optional<std::string_view> find_parameters(const Media& media, std::string_view name, std::uint8_t payload) {
    for (const Attribute& attribute : media.attributes) {
        if (!attribute.value || !base::iequals(attribute.name, name)) { continue; }
        if (const auto parameters = parameters_for(payload, *attribute.value)) { return parameters; }
    }
    return std::nullopt;
}

// "opus/48000/2". False if it is not of that form.
bool read_rtpmap(std::string_view text, Format& format) {
    const auto slash = text.find('/');
    if (slash == 0 || slash == text.npos) { return false; }
    std::string_view rest = text.substr(slash + 1);
    const auto second = rest.find('/');
    const auto clock = base::parse_number<std::uint32_t>(base::trim(rest.substr(0, second)));
    if (!clock) { return false; }
    format.encoding = text.substr(0, slash);
    format.clock_hz = *clock;
    if (second == rest.npos) { return true; }
    format.channels = base::parse_number<std::uint32_t>(base::trim(rest.substr(second + 1))).value_or(1);
    return true;
}

void read_static(Format& format) {
    for (const StaticFormat& entry : static_formats) {
        if (entry.payload != format.payload) { continue; }
        format.encoding = entry.encoding;
        format.clock_hz = entry.clock_hz;
        format.channels = entry.channels;
        return;
    }
}

// Only RTP has payload numbers: "m=application 9 DTLS/SCTP 5" is not DVI4.
bool is_rtp(const Media& media) { return base::lower(media.protocol).find("rtp/") != std::string::npos; }

}  // namespace

std::vector<Format> formats_of(const Media& media) {
    std::vector<Format> formats;
    if (!is_rtp(media)) { return formats; }
    formats.reserve(media.formats.size());
    std::bitset<last_payload + 1> seen;
    for (const std::string& text : media.formats) {
        const auto payload = parse_payload(text);
        if (!payload || seen.test(*payload)) { continue; }
        seen.set(*payload);
        Format& format = formats.emplace_back();
        format.payload = *payload;
        const auto rtpmap = find_parameters(media, "rtpmap", *payload);
        if (!rtpmap || !read_rtpmap(*rtpmap, format)) { read_static(format); }
        format.fmtp = find_parameters(media, "fmtp", *payload).value_or(std::string_view{});
    }
    return formats;
}

bool same_meaning(const Format& a, const Format& b) {
    return a.clock_hz == b.clock_hz && a.channels == b.channels && base::iequals(a.encoding, b.encoding);
}

}  // namespace sip::sdp
