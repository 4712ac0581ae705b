// What an event leaves open, each possibility in turn: a peer's answer may hold, a request may go out as an UPDATE.
#pragma once

#include <cassert>
#include <cstdint>

namespace exploration {

class Choices {
public:
    Choices() = default;
    // The same once more.
    static Choices again(std::uint16_t taken) {
        Choices choices;
        choices.taken_ = taken;
        choices.known_ = limit;
        return choices;
    }

    // False the first time that this point is reached.
    bool pick() {
        assert(used_ < limit);
        if (used_ == known_) { ++known_; }
        return ((taken_ >> used_++) & 1U) != 0;
    }
    // On to the next combination; false: that was the last.
    bool advance() {
        used_ = 0;
        while (known_ > 0 && ((taken_ >> (known_ - 1U)) & 1U) != 0) { set(--known_, false); }
        if (known_ == 0) { return false; }
        set(known_ - 1U, true);
        return true;
    }
    std::uint16_t taken() const { return taken_; }

private:
    static constexpr unsigned limit = 16;
    void set(unsigned at, bool value) {
        const unsigned bit = 1U << at;
        taken_ = static_cast<std::uint16_t>(value ? taken_ | bit : taken_ & ~bit);
    }
    std::uint16_t taken_ = 0;
    unsigned known_ = 0;
    unsigned used_ = 0;
};

}  // namespace exploration
