// What each call adds to the gauges of its core, and their sums, kept up after each turn: to ask thousands of calls
// takes milliseconds, in which the packets of all of them would wait.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "server/b2bua/core.hpp"
#include "server/b2bua/services.hpp"

namespace server {

struct CallShare {
    std::size_t state = 0;  // as Call::State
    std::size_t holds = 0;  // legs whose peer holds
    bool has_media = false;
    bool is_one_way = false;
    std::array<std::string, 2> trunks{};  // of leg a, of leg b; empty: a user's, or there is no such leg (any more)
    friend bool operator==(const CallShare&, const CallShare&) = default;
};

class CallShares {
public:
    void set(CallKey key, CallShare share);
    void remove(CallKey key);
    void fill(CoreGauges& gauges) const;

private:
    void add(const CallShare& share);
    void subtract(const CallShare& share);

    std::unordered_map<CallKey, CallShare> shares_;
    std::array<std::size_t, 4> states_{};
    std::size_t holds_ = 0;
    std::size_t media_ = 0;
    std::size_t one_way_ = 0;
    std::map<std::string, std::size_t> trunk_legs_;
};

}  // namespace server
