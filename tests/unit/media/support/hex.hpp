// Bytes as RFCs print them.
#pragma once

#include <string_view>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {

// Blanks between the digits are passed over.
inline Bytes hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    Bytes out;
    bool is_low = false;
    for (const char character : text) {
        const auto value = digits.find(character);
        if (value == digits.npos) { continue; }
        if (is_low) {
            out.back() |= static_cast<std::byte>(value);
        } else {
            out.push_back(static_cast<std::byte>(value << 4));
        }
        is_low = !is_low;
    }
    return out;
}

}  // namespace media::test
