// Telephone events (RFC 4733): read from a peer whose other leg has none of them, and played to a peer that has.
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "media/engine.hpp"
#include "media/rtp/rtp_view.hpp"

namespace media {

// Finds each event of a stream once, when it is over: an end is sent three times and lost sometimes.
class DigitReader {
public:
    // A packet of an event, which began at the header's timestamp. Nullopt: it goes on, or was told before.
    std::optional<Digit> on_event(const RtpHeader& header, std::span<const std::byte> payload) noexcept;
    // A packet of speech: an event whose end was lost is over.
    std::optional<Digit> on_speech() noexcept { return finish(); }

private:
    std::optional<Digit> finish() noexcept;

    Digit digit_{};
    std::uint32_t ssrc_ = 0;
    std::uint32_t timestamp_ = 0;
    bool started_ = false;
    bool open_ = false;  // not told yet
};

// Digits one after the other, a packet each 20 ms, the end three times (§2.5.1).
class DigitPlayer {
public:
    static constexpr std::size_t max_waiting = 16;  // further ones are dropped
    static constexpr Digit::Time shortest{40};
    static constexpr Digit::Time longest{5'000};
    static constexpr base::Duration pause = std::chrono::milliseconds{60};  // between two

    struct Packet {
        std::uint32_t digit;   // how manieth since the beginning
        std::uint16_t number;  // within the digit
        std::array<std::byte, 4> payload;
    };

    // Its first packet is due at once where nothing else plays. False: too many wait.
    bool push(base::Instant now, const Digit& digit) noexcept;
    bool playing() const noexcept { return !waiting_.empty(); }
    base::Instant due() const noexcept { return playing() ? due_ : base::never; }
    // Call until nothing is due.
    std::optional<Packet> take_due(base::Instant now) noexcept;

private:
    boost::container::static_vector<Digit, max_waiting> waiting_;  // the first is being played
    base::Instant due_{};
    std::uint32_t digit_ = 0;
    std::uint16_t number_ = 0;
};

}  // namespace media
