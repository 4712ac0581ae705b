// Where a media line wants its packets: RFC 8866 §5.7 and §5.14, RFC 3605 for RTCP.
#include "base/text.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {
namespace {

constexpr std::uint16_t last_port = 65535;

// 0.0.0.0 is nobody's address; the kernel would send it to this very machine.
std::optional<base::IpAddress> reachable(const std::optional<base::IpAddress>& address) {
    return address && !address->unmapped().is_unspecified() ? address : std::nullopt;
}

std::optional<base::IpAddress> address_of(const Session& session, const Media& media) {
    const Connection* connection = connection_of(session, media);
    return connection == nullptr ? std::nullopt : reachable(connection->ip());
}

// "53020" or "53020 IN IP6 2001:db8::1"; the address is left empty where it is missing or nobody's.
struct RtcpAttribute {
    std::uint16_t port;
    bool has_address;
    std::optional<base::IpAddress> address;
};
std::optional<RtcpAttribute> parse_rtcp(const Media& media) {
    const Attribute* attribute = media.attribute("rtcp");
    if (attribute == nullptr || !attribute->value) { return std::nullopt; }
    const std::string_view text = base::trim(*attribute->value);
    const auto port = base::parse_number<std::uint16_t>(text.substr(0, text.find(' ')));
    if (!port || *port == 0) { return std::nullopt; }
    const auto last = text.rfind(' ');
    if (last == text.npos) { return RtcpAttribute{*port, false, std::nullopt}; }
    const auto address = base::IpAddress::parse(text.substr(last + 1));
    const bool is_placeholder = address && address->unmapped().is_unspecified();
    return RtcpAttribute{*port, !is_placeholder, address};
}

}  // namespace

std::optional<base::Endpoint> rtp_endpoint(const Session& session, const Media& media) {
    const auto address = address_of(session, media);
    if (!address || media.is_disabled()) { return std::nullopt; }
    return base::Endpoint{*address, media.port};
}

std::optional<base::Endpoint> rtcp_endpoint(const Session& session, const Media& media) {
    if (media.is_disabled()) { return std::nullopt; }
    const auto connection_address = address_of(session, media);
    if (const auto rtcp = parse_rtcp(media)) {
        const auto address = rtcp->has_address ? rtcp->address : connection_address;
        return address ? std::optional{base::Endpoint{*address, rtcp->port}} : std::nullopt;
    }
    if (!connection_address || media.port == last_port) { return std::nullopt; }
    return base::Endpoint{*connection_address, static_cast<std::uint16_t>(media.port + 1)};
}

}  // namespace sip::sdp
