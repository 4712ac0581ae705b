// Where cores take random numbers from: the operating system in production, a seed in tests.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace base {

class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;

    // Uniform in [0, bound); 0 for bound 0.
    std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
    // `length` characters of [0-9a-z]: tags, branches, Call-IDs, nonces.
    std::string token(std::size_t length);
};

// Repeats exactly for a seed. Not for secrets.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_{seed} {}
    std::uint64_t next() override { return engine_(); }

private:
    std::mt19937_64 engine_;
};

// The kernel's generator, read in blocks. Throws std::system_error at construction if there is none.
class SystemRandom final : public Random {
public:
    SystemRandom();
    std::uint64_t next() override;

private:
    void refill();
    static constexpr std::size_t block = 64;
    std::uint64_t numbers_[block];
    std::size_t used_ = block;
};

}  // namespace base
