// base::Endpoint ↔ what Asio and the kernel call an address, and what binding to one may say.
// Leaves out IPv6 zones: link-local addresses are not served.
#pragma once

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <stdexcept>

#include "sip/transport.hpp"

namespace sip {

boost::asio::ip::address to_asio(const base::IpAddress& address);
base::IpAddress from_asio(const boost::asio::ip::address& address);
boost::asio::ip::tcp::endpoint to_tcp(const base::Endpoint& endpoint);
boost::asio::ip::udp::endpoint to_udp(const base::Endpoint& endpoint);
base::Endpoint from_asio(const boost::asio::ip::tcp::endpoint& endpoint);
base::Endpoint from_asio(const boost::asio::ip::udp::endpoint& endpoint);

// The kernel's form; returns its length.
socklen_t to_kernel(const base::Endpoint& endpoint, sockaddr_storage& out);
base::Endpoint from_kernel(const sockaddr_storage& address);

// "udp://127.0.0.1:5060: address already in use"
class ListenError : public std::runtime_error {
public:
    ListenError(Transport transport, const base::Endpoint& at, const boost::system::error_code& error);
};

// Several shards listen on one port by SO_REUSEPORT. The kernel would let a second server of the same user join in too,
// so whoever comes first proves that nobody is there.
enum class Share : std::uint8_t { alone, first, joined };

}  // namespace sip
