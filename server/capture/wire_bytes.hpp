// Numbers and addresses in network order, for packets that are made up here.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/ip.hpp"

namespace server::capture {

inline void put16(std::string& to, std::uint16_t number) {
    to += static_cast<char>(number >> 8);
    to += static_cast<char>(number);
}

inline void put32(std::string& to, std::uint32_t number) {
    put16(to, static_cast<std::uint16_t>(number >> 16));
    put16(to, static_cast<std::uint16_t>(number));
}

// 4 or 16 bytes.
inline std::string wire_address(const base::IpAddress& address) {
    return {reinterpret_cast<const char*>(address.bytes().data()), address.is_v6() ? 16U : 4U};
}

// A packet has addresses of one family: where ours is not known, that of nobody in the peer's.
inline std::pair<base::IpAddress, base::IpAddress> of_one_family(base::IpAddress source, base::IpAddress destination) {
    if (source.is_v6() == destination.is_v6()) { return {source, destination}; }
    const auto nobody = [](bool v6) { return v6 ? base::IpAddress::v6({}) : base::IpAddress{}; };
    if (source.is_unspecified()) { return {nobody(destination.is_v6()), destination}; }
    return {source, nobody(source.is_v6())};
}

}  // namespace server::capture
