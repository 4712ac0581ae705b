// What the numbers of a media line mean: a=rtpmap and a=fmtp (RFC 8866 §6.6, §6.15), else RFC 3551 §6 tables 4 and 5.
#include <array>

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

// "97 iLBC/8000": the number and what it is given.
struct Assignment {
    std::uint8_t payload;
    std::string_view parameters;
};
std::optional<Assignment> parse_assignment(std::string_view value) {
    value = base::trim(value);
    const auto blank = value.find_first_of(" \t");
    const auto payload = parse_payload(value.substr(0, blank));
    if (!payload || blank == value.npos) { return std::nullopt; }
    return Assignment{*payload, base::trim(value.substr(blank))};
}

// "opus/48000/2". Text of another form says nothing.
void read_rtpmap(std::string_view text, Format& format) {
    const auto slash = text.find('/');
    if (slash == 0 || slash == text.npos) { return; }
    std::string_view rest = text.substr(slash + 1);
    const auto second = rest.find('/');
    const auto clock = base::parse_number<std::uint32_t>(base::trim(rest.substr(0, second)));
    if (!clock) { return; }
    format.encoding = text.substr(0, slash);
    format.clock_hz = *clock;
    if (second == rest.npos) { return; }
    format.channels = base::parse_number<std::uint32_t>(base::trim(rest.substr(second + 1))).value_or(1);
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

// For each payload number: 1 + its index among the formats of the line, 0 if it is not there. With it one pass over the
// attributes is enough, however many of them a hostile description has.
using Places = std::array<std::uint8_t, last_payload + 1>;

// The first readable a=rtpmap and the first a=fmtp of a number count.
void read_attribute(const Attribute& attribute, const Places& places, std::vector<Format>& formats) {
    const bool is_rtpmap = base::iequals(attribute.name, "rtpmap");
    if (!attribute.value || (!is_rtpmap && !base::iequals(attribute.name, "fmtp"))) { return; }
    const auto assignment = parse_assignment(*attribute.value);
    if (!assignment || places[assignment->payload] == 0) { return; }
    Format& format = formats[places[assignment->payload] - 1U];
    if (is_rtpmap && format.encoding.empty()) { read_rtpmap(assignment->parameters, format); }
    if (!is_rtpmap && format.fmtp.empty()) { format.fmtp = assignment->parameters; }
}

// Only RTP has payload numbers: "m=application 9 DTLS/SCTP 5" is not DVI4.
bool is_rtp(const Media& media) { return base::lower(media.protocol).find("rtp/") != std::string::npos; }

}  // namespace

std::vector<Format> formats_of(const Media& media) {
    std::vector<Format> formats;
    if (!is_rtp(media)) { return formats; }
    formats.reserve(media.formats.size());
    Places places{};
    for (const std::string& text : media.formats) {
        const auto payload = parse_payload(text);
        if (!payload || places[*payload] != 0) { continue; }
        formats.emplace_back().payload = *payload;
        places[*payload] = static_cast<std::uint8_t>(formats.size());
    }
    for (const Attribute& attribute : media.attributes) { read_attribute(attribute, places, formats); }
    for (Format& format : formats) {
        if (format.encoding.empty()) { read_static(format); }
    }
    return formats;
}

bool same_meaning(const Format& a, const Format& b) {
    return a.clock_hz == b.clock_hz && a.channels == b.channels && base::iequals(a.encoding, b.encoding);
}

}  // namespace sip::sdp
