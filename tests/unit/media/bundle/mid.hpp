// A mid in the header extension of a packet, in the one-byte form (RFC 8843 §15, RFC 8285 §4.2).
#pragma once

#include <string_view>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {

// `packet` has no extension yet; `mid` has one to three characters.
inline Bytes with_mid(Bytes packet, std::uint8_t id, std::string_view mid) {
    Bytes extension = bytes({0xbe, 0xde, 0, 1, 0, 0, 0, 0});
    extension[4] = static_cast<std::byte>(static_cast<std::size_t>(id) << 4U | (mid.size() - 1));
    for (std::size_t i = 0; i < mid.size(); ++i) { extension[5 + i] = static_cast<std::byte>(mid[i]); }
    packet[0] |= std::byte{0x10};
    packet.insert(packet.begin() + rtp_header_size, extension.begin(), extension.end());
    return packet;
}

}  // namespace media::test
