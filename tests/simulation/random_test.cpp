// Ten thousand random calls on networks of random quality. Each seed is a world of ten calls and repeats exactly:
//   HOLDFAST_SIM_SEED=123 simulation --gtest_filter=Random.*     replays one world and prints its ladder if it fails
//   HOLDFAST_SIM_CALLS=500                                       runs fewer (or more) calls
//   HOLDFAST_SIM_FIRST=2000                                      starts at another seed
//   HOLDFAST_SIM_FAILURES=100                                    goes on after so many failing seeds
//   HOLDFAST_SIM_TEXT=1                                          prints whole messages in the ladder
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

#include "base/text.hpp"
#include "tests/simulation/random_call.hpp"

namespace simulation {
namespace {

constexpr int calls_per_world = 10;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
constexpr std::uint64_t default_calls = 1'000;
#else
constexpr std::uint64_t default_calls = 10'000;
#endif

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : base::parse_number<std::uint64_t>(text).value_or(otherwise);
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void expect_clean(std::uint64_t seed, const RandomOutcome& outcome) {
    for (const auto& violation : outcome.violations) { ADD_FAILURE() << "seed " << seed << ": " << violation; }
    if (outcome.violations.empty()) { return; }
    ADD_FAILURE() << "replay with HOLDFAST_SIM_SEED=" << seed << "; its ladder:\n" << outcome.report;
}

TEST(Random, CallsOnPoorNetworksKeepEveryInvariant) {
    const bool whole = std::getenv("HOLDFAST_SIM_TEXT") != nullptr;
    if (const auto seed = from_environment("HOLDFAST_SIM_SEED", 0)) {
        expect_clean(seed, run_random_world(seed, calls_per_world, whole));
        return;
    }
    const std::uint64_t calls = from_environment("HOLDFAST_SIM_CALLS", default_calls);
    const std::uint64_t first = from_environment("HOLDFAST_SIM_FIRST", 1);
    const double begun = cpu_seconds();
    std::size_t connected = 0;
    std::size_t renegotiated = 0;
    const std::uint64_t enough = from_environment("HOLDFAST_SIM_FAILURES", 3);
    std::uint64_t failed = 0;
    for (std::uint64_t seed = first; seed < first + calls / calls_per_world && failed < enough; ++seed) {
        const RandomOutcome outcome = run_random_world(seed, calls_per_world, whole);
        expect_clean(seed, outcome);
        failed += outcome.violations.empty() ? 0 : 1;
        connected += outcome.connected;
        renegotiated += outcome.renegotiated;
    }
    const double spent = cpu_seconds() - begun;
    std::cout << calls << " calls, " << connected / 2 << " connected, " << renegotiated << " INVITEs, " << spent
              << " s of CPU\n";
    EXPECT_GT(connected, calls) << "too few calls came up for this to mean anything";
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    constexpr double time_limit_s = 60;  // of one core, for 10,000 calls
    EXPECT_LT(spent, time_limit_s * static_cast<double>(calls) / 10'000 + 1);
#endif
}

TEST(Random, AWorldRepeatsExactlyForItsSeed) {
    const auto ladder = [] {
        World world{7};
        world.network.all.loss = 0.1;
        std::vector<std::unique_ptr<RandomCall>> calls;
        for (int seat = 0; seat < 5; ++seat) { calls.push_back(std::make_unique<RandomCall>(world, seat)); }
        world.pass(30s);
        world.finish();
        return world.report(true);
    };
    EXPECT_EQ(ladder(), ladder());
}

}  // namespace
}  // namespace simulation
