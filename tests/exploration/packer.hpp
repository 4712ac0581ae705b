// Small values packed into a key without gaps: equal keys, equal values.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>

namespace exploration {

struct Key {
    std::array<std::uint64_t, 2> words{};
    friend bool operator==(const Key& a, const Key& b) {
        return ((a.words[0] ^ b.words[0]) | (a.words[1] ^ b.words[1])) == 0;
    }
};

inline std::size_t hash(const Key& key) {
    std::uint64_t mixed = 0;
    for (const std::uint64_t word : key.words) {
        mixed = (mixed ^ word) * 0x9e3779b97f4a7c15U;
        mixed ^= mixed >> 32U;
    }
    return mixed;
}

class Packer {
public:
    template <class Value>
    void add(Value value, unsigned bits) {
        const auto number = static_cast<std::uint64_t>(value);
        if (number >> bits != 0) { throw std::out_of_range{"a value has more bits than the key gives it"}; }
        if (used_ + bits > 64) { next_word(); }
        key_.words[word_] |= number << used_;
        used_ += bits;
    }
    const Key& key() const { return key_; }

private:
    void next_word() {
        if (++word_ == key_.words.size()) { throw std::out_of_range{"the key is full"}; }
        used_ = 0;
    }
    Key key_;
    std::size_t word_ = 0;
    unsigned used_ = 0;  // bits of that word
};

}  // namespace exploration
