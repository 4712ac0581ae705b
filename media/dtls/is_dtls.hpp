// DTLS among what comes to a media port: RFC 7983 §7.
#pragma once

#include <cstddef>
#include <span>

namespace media {

constexpr bool is_dtls(std::span<const std::byte> datagram) noexcept {
    constexpr std::byte first{20};
    constexpr std::byte last{63};
    return !datagram.empty() && datagram.front() >= first && datagram.front() <= last;
}

}  // namespace media
