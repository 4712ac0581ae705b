// Where packets of a session leave: sockets in production, a network of the mind in tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/ip.hpp"
#include "media/engine.hpp"

namespace media {

enum class Component : std::uint8_t { rtp, rtcp };

class PacketSink {
public:
    // From the local port of `side` and `component`. The bytes are valid during the call only.
    virtual void send(Side side, Component component, const base::Endpoint& to,
                      std::span<const std::byte> bytes) noexcept = 0;

    // What a session was told to show of what passes (Session::show_packets, show_reports), as it is inside SRTP: RTP
    // and RTCP, or RTCP alone. `peer`: where it came from or goes to.
    virtual void show_packet(Side, Component, bool /*sent*/, const base::Endpoint& /*peer*/,
                             std::span<const std::byte>) noexcept {}
    virtual void show_report(Side, Component, bool /*sent*/, const base::Endpoint& /*peer*/,
                             std::span<const std::byte>) noexcept {}

protected:
    ~PacketSink() = default;
};

}  // namespace media
