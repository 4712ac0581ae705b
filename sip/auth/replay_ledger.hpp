// Which nonce counts were used: RFC 7616 §3.4 (nc). Bounded: past `limit` the oldest nonce is forgotten, and from then
// on every nonce issued no later counts as used up, so that forgetting never lets a replay in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "base/time.hpp"
#include "sip/auth/nonce.hpp"

namespace sip {

class ReplayLedger {
public:
    enum class Use : std::uint8_t { first, repeated, forgotten };

    explicit ReplayLedger(std::size_t limit) : limit_{limit} {}

    // Call for authenticated answers only. Counts may come out of order by less than 64 (UDP reorders). No count: a
    // peer without qop, whose nonce serves once.
    Use note(const Nonce& nonce, std::optional<std::uint32_t> count);
    std::size_t size() const { return uses_.size(); }

private:
    struct Window {
        base::Instant issued;
        std::uint32_t highest;
        std::uint64_t seen;  // bit i: highest - i
    };
    Use begin(const Nonce& nonce, std::optional<std::uint32_t> count);
    static Use slide(Window& window, std::uint32_t count);

    std::size_t limit_;
    std::unordered_map<std::uint64_t, Window> uses_;
    std::deque<std::uint64_t> by_age_;
    std::optional<base::Instant> horizon_;  // nonces up to here and not in the table are forgotten
};

}  // namespace sip
