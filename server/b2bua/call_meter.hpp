// What a call adds up over its life for its detail record: who held for how long, who heard music, which codecs were
// used, how it came to an end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "media/engine.hpp"

namespace server {

// For how long something was so, in all.
class Stopwatch {
public:
    void set(bool runs, base::Instant now) {
        if (since_) { total_ += now - *since_; }
        since_ = runs ? std::optional{now} : std::nullopt;
    }
    // Up to the last set().
    base::Duration total() const { return total_; }

private:
    base::Duration total_{};
    std::optional<base::Instant> since_;
};

class CallMeter {
public:
    static constexpr std::size_t max_codecs = 8;  // kept of a leg: more than there are

    struct OfLeg {
        Stopwatch held;
        Stopwatch music;
        std::vector<std::string> codecs;
        void note_codec(const std::string& codec);
    };
    OfLeg& of(media::Side side) { return legs_[side == media::Side::a ? 0 : 1]; }
    const OfLeg& of(media::Side side) const { return legs_[side == media::Side::a ? 0 : 1]; }

    // The first word counts: what follows is its consequence. `code`: of the final response to A's INVITE.
    void note_end(std::string_view who, std::string cause);
    void note_code(int code) { code_ = code_ == 0 ? code : code_; }
    // False: it was counted before.
    bool note_outcome(std::string_view outcome);

    const std::string& ended_by() const { return ended_by_; }
    const std::string& cause() const { return cause_; }
    const std::string& outcome() const { return outcome_; }
    int code() const { return code_; }
    std::uint64_t healed = 0;

private:
    std::array<OfLeg, 2> legs_;
    std::string ended_by_;
    std::string cause_;
    std::string outcome_;
    int code_ = 0;
};

}  // namespace server
