#include "sip/transaction/key_hash.hpp"

#include <bit>

namespace sip {

KeyHash::KeyHash(const Secret& secret)
    : v0_{0x736f6d6570736575U ^ secret[0]},
      v1_{0x646f72616e646f6dU ^ secret[1] ^ 0xee},
      v2_{0x6c7967656e657261U ^ secret[0]},
      v3_{0x7465646279746573U ^ secret[1]} {}

KeyHash& KeyHash::add(std::string_view bytes) {
    for (const char byte : bytes) {
        tail_ |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << (8 * (size_ % 8));
        if (++size_ % 8 != 0) { continue; }
        absorb(tail_);
        tail_ = 0;
    }
    return *this;
}

KeyHash& KeyHash::add_part(std::string_view text) { return add_number(text.size()).add(text); }

KeyHash& KeyHash::add_number(std::uint64_t number) {
    char bytes[8];
    for (int i = 0; i < 8; ++i) { bytes[i] = static_cast<char>(number >> (8 * i)); }
    return add({bytes, sizeof bytes});
}

KeyDigest KeyHash::finish() {
    absorb(tail_ | (size_ & 0xff) << 56);
    v2_ ^= 0xee;
    rounds(4);
    const std::uint64_t low = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    rounds(4);
    return {low, v0_ ^ v1_ ^ v2_ ^ v3_};
}

void KeyHash::absorb(std::uint64_t word) {
    v3_ ^= word;
    rounds(2);
    v0_ ^= word;
}

void KeyHash::rounds(int count) {
    for (int i = 0; i < count; ++i) {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v2_ = std::rotl(v2_, 32);
    }
}

}  // namespace sip
