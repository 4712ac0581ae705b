#include "tests/simulation/phone/description.hpp"

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

}  // namespace

const Payload* View::payload(std::string_view encoding) const {
    for (const Payload& candidate : payloads) {
        if (candidate.encoding == encoding) { return &candidate; }
    }
    return nullptr;
}

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
    for (const std::string& format : audio.formats) {
        const auto number = base::parse_number<std::uint8_t>(format);
        if (number) { view.payloads.push_back({*number, encoding_of(audio, format)}); }
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
    add("telephone-event/8000", "101", " 0-16\r\n");
    std::string text = "v=0\r\no=- " + std::to_string(voice.session_id) + " " + std::to_string(version) + " IN " +
                       family + address + "\r\ns=-\r\nc=IN " + family + media_address + "\r\nt=0 0\r\n" + "m=audio " +
                       std::to_string(plan.port_zero ? 0 : voice.rtp.port) + " RTP/AVP" + formats + "\r\n" + maps +
                       "a=ptime:20\r\na=" + std::string{sip::sdp::to_text(plan.direction)} + "\r\n";
    if (plan.video && lines < 2) { lines = 2; }
    for (std::size_t i = 1; i < lines; ++i) {
        text += "m=video " + std::string{plan.video && only == nullptr ? "40000" : "0"} +
                " RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n";
    }
    return text;
}

}  // namespace simulation
