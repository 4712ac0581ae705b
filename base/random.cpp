#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace base {

std::string Random::token(std::size_t length) {
    // 32 of the 36 letters and digits, so that five bits make one character without bias.
    static constexpr char alphabet[] = "0123456789abcdefghijkmnpqrstuvwx";
    std::string text(length, '0');
    std::uint64_t bits = 0;
    unsigned left = 0;
    for (char& character : text) {
        if (left < 5) {
            bits = next();
            left = 64;
        }
        character = alphabet[bits & 31U];
        bits >>= 5;
        left -= 5;
    }
    return text;
}

SystemRandom::SystemRandom() { refill(); }

std::uint64_t SystemRandom::next() {
    if (used_ == block) { refill(); }
    return numbers_[used_++];
}

void SystemRandom::refill() {
    // Up to 256 bytes getrandom is never cut short by a signal, so one call fills the block in two halves at most.
    auto* bytes = reinterpret_cast<unsigned char*>(numbers_);
    std::size_t filled = 0;
    while (filled < sizeof numbers_) {
        const ssize_t got = ::getrandom(bytes + filled, sizeof numbers_ - filled, 0);
        if (got < 0 && errno == EINTR) { continue; }
        if (got < 0) { throw std::system_error{errno, std::generic_category(), "getrandom"}; }
        filled += static_cast<std::size_t>(got);
    }
    used_ = 0;
}

}  // namespace base
