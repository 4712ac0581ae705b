// What the sessions of an engine add up: plain numbers, which the way of a packet adds to through a pointer. Traffic is
// told apart by the names that descriptions of legs give (LegDescription::account).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "media/engine.hpp"

namespace media {

// RTP in agreed formats; of the others there are drops.
struct TrafficCounters {
    std::uint64_t packets_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t lost = 0;  // of what peers sent (RFC 3550 A.3)

    TrafficCounters& operator+=(const TrafficCounters& other) noexcept {
        packets_in += other.packets_in;
        packets_out += other.packets_out;
        bytes_in += other.bytes_in;
        bytes_out += other.bytes_out;
        lost += other.lost;
        return *this;
    }
};

class TrafficAccounts {
public:
    // Names come from configuration; over many reloads there may be more than it ever had at once.
    static constexpr std::size_t max_names = 10'000;
    using ByName = std::map<std::string, TrafficCounters, std::less<>>;

    // Stays where it is. One name too many shares the account without a name.
    TrafficCounters& of(std::string_view name) {
        const auto found = by_name_.find(name);
        if (found != by_name_.end()) { return found->second; }
        return by_name_[by_name_.size() < max_names ? std::string{name} : std::string{}];
    }
    const ByName& all() const { return by_name_; }

private:
    ByName by_name_;
};

// Estimates of bandwidth (REMB) that came from who is sent a picture.
struct EstimateCounters {
    std::uint64_t passed = 0;   // to the other leg's peer
    std::uint64_t dropped = 0;  // one of the legs has not agreed to them, or is not shown what the other sends
};

struct SessionTallies {
    TrafficAccounts accounts;
    std::array<std::uint64_t, 2> transcoded{};  // samples of 8 kHz: from µ-law, from A-law
    EstimateCounters estimates;

    void note_transcoded(Codec from, std::size_t samples) noexcept {
        transcoded[from == Codec::pcmu ? 0 : 1] += samples;
    }
};

}  // namespace media
