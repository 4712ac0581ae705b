// Payload numbers of one leg, both ways: what a number on the wire means, and under which number a format is sent.
// Formats with a clock other than 8 kHz are left out: all audio here is G.711.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "media/engine.hpp"

namespace media {

class PayloadMap {
public:
    PayloadMap() { clear(); }
    void set(std::span<const PayloadFormat> receive, std::span<const PayloadFormat> send) noexcept;

    // What the peer sends under `payload`, if it may.
    std::optional<Codec> received(std::uint8_t payload) const noexcept {
        const std::uint8_t codec = codec_of_[payload & 0x7fU];
        if (codec == none) { return std::nullopt; }
        return static_cast<Codec>(codec);
    }
    // The number under which the peer accepts `codec`.
    std::optional<std::uint8_t> number(Codec codec) const noexcept {
        const std::uint8_t payload = number_of_[static_cast<std::size_t>(codec)];
        if (payload == none) { return std::nullopt; }
        return payload;
    }
    // The G.711 law that the peer prefers.
    std::optional<Codec> preferred_audio() const noexcept { return preferred_; }

private:
    static constexpr std::uint8_t none = 0xff;
    static constexpr std::size_t codec_count = 4;
    void clear() noexcept;

    std::array<std::uint8_t, 128> codec_of_;
    std::array<std::uint8_t, codec_count> number_of_;
    std::optional<Codec> preferred_;
};

}  // namespace media
