// Reads a datagram in network order and never past its end: a short read fails once and for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace base {

class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : rest_{bytes} {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(take(3)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
    std::uint64_t u64() { return take(8); }
    std::span<const std::byte> bytes(std::size_t count) {
        if (count > rest_.size()) { return fail(); }
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    bool ok() const { return ok_; }
    std::size_t left() const { return rest_.size(); }

private:
    std::uint64_t take(std::size_t count) {
        std::uint64_t value = 0;
        for (const std::byte byte : bytes(count)) { value = value << 8 | std::to_integer<std::uint64_t>(byte); }
        return value;
    }
    std::span<const std::byte> fail() {
        ok_ = false;
        rest_ = {};
        return {};
    }

    std::span<const std::byte> rest_;
    bool ok_ = true;
};

}  // namespace base
