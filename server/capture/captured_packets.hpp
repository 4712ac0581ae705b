// Media as it passed while somebody looked, all bytes in one piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace server::capture {

struct CapturedPacket {
    base::Instant at;
    bool sent = false;  // by us
    base::Endpoint source;
    base::Endpoint destination;
    std::size_t offset = 0;
    std::size_t size = 0;
};

struct CapturedPackets {
    std::string bytes;
    std::vector<CapturedPacket> packets;  // in order of time
    std::uint64_t left_out = 0;           // found no room

    std::string_view payload(const CapturedPacket& of) const {
        return std::string_view{bytes}.substr(of.offset, of.size);
    }
};

}  // namespace server::capture
