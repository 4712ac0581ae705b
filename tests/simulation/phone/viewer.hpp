// A phone and pictures: what it sees, which packets it misses and asks for (NACK, RFC 4585 §6.2.1), and what its own
// viewer asks of it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/phone/hearing.hpp"

namespace simulation {

class Viewer {
public:
    static constexpr Duration asks_again_after = 50ms;

    // Every number that was ever described.
    std::set<std::uint8_t> numbers;

    void on_packet(Instant at, Sound who, std::uint32_t ssrc, std::uint16_t sequence);
    // What it asks for now, as an RTCP compound of `ours`; empty: nothing.
    std::string ask(Instant now, std::uint32_t ours);
    // REMB about what it sees; `bits`: 6 of exponent, 18 of mantissa.
    std::string estimate(std::uint32_t ours, std::uint32_t bits) const;
    struct Estimate {
        std::uint32_t bits;
        std::uint32_t ssrc;
    };
    const std::vector<Estimate>& estimates() const { return estimates_; }  // of its own viewer
    // What its own viewer asks for: how many packets by NACK; the SSRC that a PLI asks.
    std::optional<std::uint32_t> on_control(Instant at, std::string_view compound);

    const Hearing& seen() const { return seen_; }
    const std::vector<Instant>& asked_for_pictures() const { return asked_for_pictures_; }  // key frames, by PLI
    std::size_t asked_for_packets() const { return asked_for_packets_; }
    std::size_t missed() const { return missed_; }  // packets that came behind later ones, or never
    std::size_t missing() const { return missing_.size(); }
    std::size_t came_twice() const { return came_twice_; }

private:
    Hearing seen_;
    std::uint32_t ssrc_ = 0;
    std::optional<std::uint16_t> highest_;
    std::map<std::uint16_t, Instant> missing_;  // when to ask for it
    std::size_t missed_ = 0;
    std::size_t came_twice_ = 0;
    std::vector<Instant> asked_for_pictures_;
    std::size_t asked_for_packets_ = 0;
    std::vector<Estimate> estimates_;
};

}  // namespace simulation
