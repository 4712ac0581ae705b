// SipHash-2-4 with 128 bits of result: what names a transaction in the tables. With a secret of the process nobody can
// send two transactions that collide, so tables hold no texts and cannot be flooded into one bucket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace sip {

struct KeyDigest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const KeyDigest&, const KeyDigest&) = default;
};

class KeyHash {
public:
    using Secret = std::array<std::uint64_t, 2>;

    explicit KeyHash(const Secret& secret);

    KeyHash& add(std::string_view bytes);
    // With its length in front: the parts of a key cannot run into each other.
    KeyHash& add_part(std::string_view text);
    KeyHash& add_number(std::uint64_t number);
    KeyDigest finish();

private:
    void absorb(std::uint64_t word);
    void rounds(int count);

    std::uint64_t v0_, v1_, v2_, v3_;
    std::uint64_t tail_ = 0;
    std::uint64_t size_ = 0;
};

}  // namespace sip

template <>
struct std::hash<sip::KeyDigest> {
    using is_avalanching = void;  // Boost's tables need not mix it any further
    std::size_t operator()(const sip::KeyDigest& key) const noexcept { return key.low; }
};
