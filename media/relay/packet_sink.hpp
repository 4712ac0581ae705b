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

protected:
    ~PacketSink() = default;
};

}  // namespace media
