#include "base/ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace base {

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    char copy[INET6_ADDRSTRLEN];  // inet_pton wants a terminated string
    if (text.size() >= sizeof copy || text.find('\0') != text.npos) { return std::nullopt; }
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, copy, four.data()) == 1) { return v4(four); }
    std::array<std::uint8_t, 16> sixteen{};
    if (inet_pton(AF_INET6, copy, sixteen.data()) == 1) { return v6(sixteen); }
    return std::nullopt;
}

bool IpAddress::is_unspecified() const {
    return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const {
    if (!is_v6_) { return bytes_[0] == 127; }
    return *this == v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

bool IpAddress::is_multicast() const { return is_v6_ ? bytes_[0] == 0xff : (bytes_[0] & 0xf0) == 0xe0; }

IpAddress IpAddress::unmapped() const {
    static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!is_v6_ || !std::equal(mapped.begin(), mapped.end(), bytes_.begin())) { return *this; }
    return v4({bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
}

std::string IpAddress::to_string() const {
    char text[INET6_ADDRSTRLEN];
    inet_ntop(is_v6_ ? AF_INET6 : AF_INET, bytes_.data(), text, sizeof text);
    return text;
}

std::string IpAddress::to_uri_host() const { return is_v6_ ? "[" + to_string() + "]" : to_string(); }

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) { return std::nullopt; }
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) { host = host.substr(1, host.size() - 2); }
    const auto address = IpAddress::parse(host);
    const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!address || !port || address->is_v6() != bracketed) { return std::nullopt; }
    return Endpoint{*address, *port};
}

std::string Endpoint::to_string() const { return address.to_uri_host() + ":" + std::to_string(port); }

std::optional<Subnet> Subnet::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) { return std::nullopt; }
    const unsigned bits = address->is_v6() ? 128 : 32;
    if (slash == text.npos) { return Subnet{*address, bits}; }
    const auto prefix = parse_number<unsigned>(text.substr(slash + 1));
    if (!prefix || *prefix > bits) { return std::nullopt; }
    return Subnet{*address, *prefix};
}

bool Subnet::contains(const IpAddress& address) const {
    const IpAddress other = address.unmapped();
    if (other.is_v6() != network.is_v6()) { return false; }
    for (unsigned bit = 0; bit < prefix; bit += 8) {
        const auto mask = static_cast<std::uint8_t>(prefix - bit >= 8 ? 0xff : 0xff << (8 - (prefix - bit)));
        if ((other.bytes()[bit / 8] & mask) != (network.bytes()[bit / 8] & mask)) { return false; }
    }
    return true;
}

std::string Subnet::to_string() const { return network.to_string() + "/" + std::to_string(prefix); }

}  // namespace base

std::size_t std::hash<base::Endpoint>::operator()(const base::Endpoint& endpoint) const noexcept {
    const auto& bytes = endpoint.address.bytes();
    const std::string_view view{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    return std::hash<std::string_view>{}(view)*31 + endpoint.port;
}
