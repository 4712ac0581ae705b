#include "sip/sdp/attributes.hpp"

#include "base/text.hpp"

namespace sip::sdp {
namespace {

constexpr unsigned longest_packet_ms = 1000;

std::optional<std::chrono::milliseconds> milliseconds_in(const Attribute* attribute) {
    if (attribute == nullptr || !attribute->value) { return std::nullopt; }
    const std::string_view text = base::trim(*attribute->value);
    const auto number = base::parse_number<unsigned>(text.substr(0, text.find('.')));
    if (!number || *number == 0 || *number > longest_packet_ms) { return std::nullopt; }
    return std::chrono::milliseconds{*number};
}

}  // namespace

bool has_rtcp_mux(const Media& media) { return media.attribute("rtcp-mux") != nullptr; }

std::optional<std::chrono::milliseconds> ptime(const Media& media) { return milliseconds_in(media.attribute("ptime")); }
std::optional<std::chrono::milliseconds> maxptime(const Media& media) {
    return milliseconds_in(media.attribute("maxptime"));
}

}  // namespace sip::sdp
