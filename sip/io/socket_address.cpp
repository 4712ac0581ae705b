#include "sip/io/socket_address.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace sip {

namespace asio = boost::asio;

asio::ip::address to_asio(const base::IpAddress& address) {
    if (address.is_v6()) { return asio::ip::address_v6{address.bytes()}; }
    asio::ip::address_v4::bytes_type four;
    std::copy_n(address.bytes().begin(), four.size(), four.begin());
    return asio::ip::address_v4{four};
}

base::IpAddress from_asio(const asio::ip::address& address) {
    if (address.is_v6()) { return base::IpAddress::v6(address.to_v6().to_bytes()); }
    return base::IpAddress::v4(address.to_v4().to_bytes());
}

asio::ip::tcp::endpoint to_tcp(const base::Endpoint& endpoint) { return {to_asio(endpoint.address), endpoint.port}; }
asio::ip::udp::endpoint to_udp(const base::Endpoint& endpoint) { return {to_asio(endpoint.address), endpoint.port}; }
base::Endpoint from_asio(const asio::ip::tcp::endpoint& endpoint) {
    return {from_asio(endpoint.address()), endpoint.port()};
}
base::Endpoint from_asio(const asio::ip::udp::endpoint& endpoint) {
    return {from_asio(endpoint.address()), endpoint.port()};
}

socklen_t to_kernel(const base::Endpoint& endpoint, sockaddr_storage& out) {
    const auto& bytes = endpoint.address.bytes();
    if (endpoint.address.is_v6()) {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(endpoint.port);
        std::memcpy(&six.sin6_addr, bytes.data(), sizeof six.sin6_addr);
        std::memcpy(&out, &six, sizeof six);
        return sizeof six;
    }
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(endpoint.port);
    std::memcpy(&four.sin_addr, bytes.data(), sizeof four.sin_addr);
    std::memcpy(&out, &four, sizeof four);
    return sizeof four;
}

base::Endpoint from_kernel(const sockaddr_storage& address) {
    if (address.ss_family == AF_INET6) {
        sockaddr_in6 six;
        std::memcpy(&six, &address, sizeof six);
        std::array<std::uint8_t, 16> bytes;
        std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
        return {base::IpAddress::v6(bytes), ntohs(six.sin6_port)};
    }
    sockaddr_in four;
    std::memcpy(&four, &address, sizeof four);
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
    return {base::IpAddress::v4(bytes), ntohs(four.sin_port)};
}

ListenError::ListenError(Transport transport, const base::Endpoint& at, const boost::system::error_code& error)
    : std::runtime_error{std::string{to_text(transport)} + "://" + at.to_string() + ": " +
                         base::lower(error.message())} {}

}  // namespace sip
