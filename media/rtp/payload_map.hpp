// Payload numbers of one leg, both ways: what a number on the wire means, and under which number a format is sent.
// Audio with a clock other than 8 kHz is left out: all of it here is G.711. What is only relayed may have any.
#pragma once

#include <algorithm>
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
        const std::uint8_t place = place_of_[payload & 0x7fU];
        if (place == none) { return std::nullopt; }
        return static_cast<Codec>(std::min(place, relayed_from));
    }
    // Of `payload`, if that is a relayed format.
    std::uint8_t meaning(std::uint8_t payload) const noexcept {
        const std::uint8_t place = place_of_[payload & 0x7fU];
        return place == none || place < relayed_from ? std::uint8_t{0}
                                                     : static_cast<std::uint8_t>(place - relayed_from);
    }
    // The number under which the peer accepts `codec`; of relayed ones that with this meaning.
    std::optional<std::uint8_t> number(Codec codec, std::uint8_t meaning = 0) const noexcept {
        const std::uint8_t payload = number_of_[place(codec, meaning)];
        if (payload == none) { return std::nullopt; }
        return payload;
    }
    // The G.711 law that the peer prefers.
    std::optional<Codec> preferred_audio() const noexcept { return preferred_; }

private:
    static constexpr std::uint8_t none = 0xff;
    static constexpr std::uint8_t relayed_from = static_cast<std::uint8_t>(Codec::relayed);
    // A codec's own, then one for each meaning of relayed formats.
    static constexpr std::size_t place(Codec codec, std::uint8_t meaning) noexcept {
        return codec == Codec::relayed ? std::size_t{relayed_from} + meaning % max_meanings
                                       : static_cast<std::size_t>(codec);
    }
    void clear() noexcept;

    std::array<std::uint8_t, 128> place_of_;
    std::array<std::uint8_t, relayed_from + std::size_t{max_meanings}> number_of_;
    std::optional<Codec> preferred_;
};

}  // namespace media
